using System.Diagnostics;
using System.Net;
using Mail.Security.RequireTls;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Delivery;

/// <summary>What the attempts on all hosts share.</summary>
internal sealed record AttemptParts(SmtpDialer Dialer, DeliveryOptions Options, TimeProvider Time, ILogger Logger);

/// <summary>The attempt on one host: walks its addresses and sessions until one carries the message, as far as the plan allows.</summary>
internal sealed class HostAttempt(AttemptParts parts, HostPlan plan, DeliveryRequest request, RecipientBoard board)
{
    private static readonly RequireTlsExtension[] Extensions = [new RequireTlsExtension()];

    private readonly List<SessionExplanation> _sessions = [];

    private TlsDemand Demand => request.Envelope.TlsDemand;

    /// <summary>Tries the host and notes on the board what came of it.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        HostFailure? last = null;
        foreach (var address in plan.Addresses)
        {
            last = await TryAddressAsync(new IPEndPoint(address, plan.Port), cancellationToken).ConfigureAwait(false);
            if (last is null)
                break;                  // a session carried the message, or its refusal
        }
        if (last is not null)
            board.NoteAll(last);
    }

    /// <summary>What was done so far, also when the attempt was stopped in the middle.</summary>
    public HostExplanation Explain() => plan.Explanation with { Sessions = [.. _sessions], Result = _sessions.Count == 0 ? "stopped" : _sessions[^1].Result };

    // Null when a session came to a transaction; else why this address did not come to one.
    private async ValueTask<HostFailure?> TryAddressAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        HostFailure? failure = null;
        foreach (var session in plan.Sessions)
        {
            switch (await parts.Dialer.DialAsync(address, cancellationToken).ConfigureAwait(false))
            {
                case DialResult.Failed(var reason, var detail):
                    return NoteDial(address, session, FailureTable.Of(reason, detail));
                case DialResult.Connected connected:
                    var opened = await SmtpClientSession.OpenAsync(connected.Stream, Settings(session), parts.Time, cancellationToken).ConfigureAwait(false);
                    if (opened is SessionOpenResult.Opened(var ready))
                    {
                        await CarryAsync(ready, address, session, cancellationToken).ConfigureAwait(false);
                        return null;
                    }
                    var failed = ((SessionOpenResult.Failed)opened).Failure;
                    failure = NoteOpen(address, session, failed);
                    if (!LacksTls(failed))
                        return failure;
                    break;              // the next session of the plan, if it has one: the plaintext of opportunistic TLS
                default:
                    throw new UnreachableException();
            }
        }
        return failure;
    }

    // RFC 7672 §2.2, "insecure": cleartext may follow when the server cannot do TLS. An injection is no inability, and a rejected
    // certificate never comes here from an opportunistic session.
    private static bool LacksTls(SessionFailure failure) => failure switch
    {
        { Kind: SessionFailureKind.StartTlsNotOffered or SessionFailureKind.StartTlsRefused or SessionFailureKind.TlsHandshake } => true,
        { Stage: SmtpStage.TlsHandshake, Kind: SessionFailureKind.ConnectionLost or SessionFailureKind.Timeout } => true,
        _ => false,
    };

    private async ValueTask CarryAsync(SmtpClientSession session, IPEndPoint address, SessionPlan asked, CancellationToken cancellationToken)
    {
        await using var _ = session.ConfigureAwait(false);
        var carrier = new MessageCarrier(session, plan.Host, request, board);
        try
        {
            await carrier.SendAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sessions.Add(new SessionExplanation
            {
                Address = address,
                Asked = asked.Tls,
                Tls = session.Tls,
                Certificate = session.Tls?.PeerCertificate,
                RequireTls = session.Tls is null ? RequireTlsSupport.Unknown : session.Capabilities.RequireTls ? RequireTlsSupport.Announced : RequireTlsSupport.NotAnnounced,
                Result = carrier.Result,
            });
        }
        // The message is with whoever took it: nothing that happens to the goodbye may hide that. Its waits have their own limit.
        if (session.State == SessionState.Reusable)
            await session.CloseAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private HostFailure NoteDial(IPEndPoint address, SessionPlan asked, DeliveryFailure failure)
    {
        _sessions.Add(new SessionExplanation { Address = address, Asked = asked.Tls, Result = failure.Sentence });
        return new HostFailure(plan.Host, failure, null);
    }

    private HostFailure NoteOpen(IPEndPoint address, SessionPlan asked, SessionFailure failed)
    {
        var failure = FailureTable.Of(failed, Demand);
        DeliveryTelemetry.SessionFailed(failure, plan.Floor);
        _sessions.Add(new SessionExplanation { Address = address, Asked = asked.Tls, Certificate = failed.PeerCertificate, Result = failure.Sentence });
        return new HostFailure(plan.Host, failure, failed.Reply);
    }

    private SmtpSessionSettings Settings(SessionPlan session) => new()
    {
        HelloName = parts.Options.HelloName,
        Tls = session.Tls,
        ServerName = session.ServerName.IsEmpty ? null : session.ServerName,
        Verifier = session.Verifier,
        Extensions = Extensions,
        Timeouts = parts.Options.Timeouts,
        Logger = parts.Logger,
    };
}
