using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>Takes every message, remembers what it was called for, and misbehaves where a test says so.</summary>
internal sealed class RecordingHandler : SmtpHandler
{
    /// <summary>Called first in each hook: throws or waits where a test wants that.</summary>
    public Func<Hook, CancellationToken, ValueTask>? Interfere { get; set; }

    /// <summary>What a hook refuses with; null accepts.</summary>
    public Func<Hook, SmtpRefusal?>? Refuse { get; set; }

    /// <summary>What a login is refused with; null lets it in.</summary>
    public Func<SmtpAuthentication, SmtpRefusal?>? RefuseLogin { get; set; }

    /// <summary>False: DATA is answered with null, which no handler may do.</summary>
    public bool HasDecision { get; set; } = true;

    /// <summary>How many bytes of one message a sink takes before it throws.</summary>
    public int SinkRoom { get; set; } = int.MaxValue;

    public List<Hook> Calls { get; } = [];

    public List<SmtpEnvelope> Envelopes { get; } = [];

    public List<RecordingSink> Sinks { get; } = [];

    public SmtpSessionInfo? Session { get; private set; }

    public IEnumerable<string> Accepted => Sinks.Where(sink => sink.IsAccepted).Select(sink => sink.Content);

    public override ValueTask<SmtpRefusal?> OnConnectAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
    {
        Session = session;
        return CallAsync(Hook.Connect, cancellationToken);
    }

    public override ValueTask<SmtpRefusal?> OnHelloAsync(SmtpSessionInfo session, CancellationToken cancellationToken) => CallAsync(Hook.Hello, cancellationToken);

    public override ValueTask<SmtpRefusal?> OnAuthenticatedAsync(SmtpSessionInfo session, SmtpAuthentication authentication, CancellationToken cancellationToken) =>
        ValueTask.FromResult(RefuseLogin?.Invoke(authentication));

    public override ValueTask<SmtpRefusal?> OnMailAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, CancellationToken cancellationToken) =>
        CallAsync(Hook.Mail, cancellationToken);

    public override ValueTask<SmtpRefusal?> OnRecipientAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, MailPath recipient, CancellationToken cancellationToken) =>
        CallAsync(Hook.Recipient, cancellationToken);

    public override async ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken)
    {
        if (await CallAsync(Hook.Data, cancellationToken).ConfigureAwait(false) is { } refusal)
            return refusal;
        if (!HasDecision)
            return null!;
        Envelopes.Add(envelope);
        var sink = new RecordingSink(this);
        Sinks.Add(sink);
        return sink;
    }

    public async ValueTask<SmtpRefusal?> CallAsync(Hook hook, CancellationToken cancellationToken)
    {
        Calls.Add(hook);
        if (Interfere is { } interfere)
            await interfere(hook, cancellationToken).ConfigureAwait(false);
        return Refuse?.Invoke(hook);
    }

    /// <summary>Waits in one hook until the session gives up.</summary>
    /// <param name="hook">Where.</param>
    /// <param name="passes">How often it does not wait before.</param>
    public static Func<Hook, CancellationToken, ValueTask> WaitIn(Hook hook, int passes = 0) => async (at, token) =>
    {
        if (at != hook || passes-- > 0)
            return;
        var never = new TaskCompletionSource();
        using var cancelled = token.UnsafeRegister(_ => never.TrySetCanceled(token), null);
        await never.Task.ConfigureAwait(false);
    };

    /// <summary>Waits in one hook for a signal and for nothing else.</summary>
    public static Func<Hook, CancellationToken, ValueTask> WaitIn(Hook hook, Task signal) => async (at, _) =>
    {
        if (at == hook)
            await signal.ConfigureAwait(false);
    };

    /// <summary>Throws in one hook.</summary>
    public static Func<Hook, CancellationToken, ValueTask> ThrowIn(Hook hook) => (at, _) =>
        at == hook ? throw new InvalidOperationException("the handler is broken") : default;
}
