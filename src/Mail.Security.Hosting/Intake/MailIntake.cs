using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Hosting;

/// <summary>Takes mail from SMTP sessions into the queue: the handler of a listener.</summary>
/// <remarks>
/// A message is accepted (250) only when the store has it durably. While it arrives it is held in memory up to a limit and in a temporary
/// file beyond it. "TLS-Required: No" in its header becomes part of its envelope, unless REQUIRETLS was given (RFC 8689 §4.1). A Received
/// field is put before it (RFC 5321 §4.4). A store without room is answered 452 4.3.1 and one that does not work 451 4.3.0: the client
/// keeps the message. A positive priority (RFC 6710 §4.1) is taken of clients that have logged in or are of <see cref="MailIntakeOptions.RelayNetworks"/>; of others it becomes 0,
/// and their RET=FULL brings the header back only, so that nobody has a message of their choice sent to a forged sender.
/// </remarks>
public sealed class MailIntake : SmtpHandler
{
    private readonly IntakeParts _parts;

    /// <summary>Makes an intake; one serves any number of listeners.</summary>
    /// <param name="store">Where mail is queued.</param>
    /// <param name="options">The rules; read once, here.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">The log; null for none.</param>
    /// <param name="queued">Called after each message that was queued, such as the waking of the queue runner; null for nothing. It must not wait or throw.</param>
    /// <param name="metrics">The meter that shows the mail held where there is a limit to it; null for none.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public MailIntake(
        IMailQueueStore store, MailIntakeOptions options, TimeProvider? time = null, ILogger<MailIntake>? logger = null, Action? queued = null, MailIntakeMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _parts = new(store, options, new RelayRules(options), time ?? TimeProvider.System, logger is null ? NullLogger.Instance : new IsolatedLogger(logger), queued);
        if (MailData is { } budget)
            metrics?.Show(budget);
    }

    /// <summary>The mail it holds while it arrives, for the listeners to look at; null when there is no limit.</summary>
    public MailDataBudget? MailData => _parts.MailData;

    /// <inheritdoc/>
    public override ValueTask<SmtpRefusal?> OnMailAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(envelope);
        // RFC 6710 §4.1: who is not known cannot put his mail before that of others; to put it behind is his affair.
        if (session.Authentication is null && !_parts.Rules.IsOfRelayNetwork(session.RemoteAddress))
        {
            envelope.RequestedPriority = envelope.RequestedPriority > 0 ? 0 : envelope.RequestedPriority;
            // Nor has others sent what he likes: the reverse-path is his word alone.
            envelope.Return = envelope.Return == DsnReturn.Full ? DsnReturn.HeadersOnly : envelope.Return;
        }
        if (_parts.MailData is not { } held || held.Judge(envelope.Size) == MailDataVerdict.Fits)
            return default;
        _parts.LogNoRoom();
        return new(StoreReplies.NoRoom);
    }

    /// <inheritdoc/>
    public override ValueTask<SmtpRefusal?> OnRecipientAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, MailPath recipient, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var refusal = _parts.Rules.Judge(session.RemoteAddress, session.Authentication, recipient);
        if (refusal is { } why)
            HostingLog.RecipientRefused(_parts.Logger, session.Id, session.RemoteAddress, recipient, why.Status);
        return ValueTask.FromResult(refusal);
    }

    /// <inheritdoc/>
    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(envelope);
        return ValueTask.FromResult<DataDecision>(new QueueingSink(_parts, session, envelope));
    }
}
