using System.Diagnostics;
using System.Net;
using Mail.Security.RequireTls;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Delivery;

/// <summary>What the attempts on all hosts share.</summary>
internal sealed record AttemptParts(TransportDialers Dialers, DeliveryOptions Options, TimeProvider Time, ILogger Logger)
{
    public required DeliveryRouting Routing { get; init; }

    public required DestinationGate Gate { get; init; }
}

/// <summary>The attempt on one host: walks its addresses and sessions until one carries the message, as far as the plan allows.</summary>
internal sealed class HostAttempt(AttemptParts parts, HostPlan plan, DeliveryRequest request, RecipientBoard board, Learning learning)
{
    private static readonly RequireTlsExtension[] Extensions = [new RequireTlsExtension()];

    private readonly SmtpDialer _dialer = parts.Dialers.For(plan.Transport);
    private readonly List<SessionExplanation> _sessions = [];
    private HostFailure? _withoutRoute;
    private bool _anyFailed;
    private bool _busy;

    private TlsDemand Demand => request.Envelope.TlsDemand;

    /// <summary>Tries the host and notes on the board what came of it.</summary>
    /// <remarks>
    /// Every address counts: one that is out of reach may be the one that takes the message. Only an address this side has no route to says
    /// nothing of the host, as long as another one was reached.
    /// </remarks>
    public async ValueTask RunAsync(AttemptTokens tokens)
    {
        var walk = new AddressWalk(_dialer, plan.Addresses, plan.Port, parts.Options.AddressWalk, parts.Time);
        await using var _ = walk.ConfigureAwait(false);
        _busy = true;
        while (await walk.NextAsync(tokens.Search).ConfigureAwait(false) is { } dial)
        {
            if (await TryAddressAsync(dial.Address, dial.Result, tokens).ConfigureAwait(false))
                return;                 // a session carried the message, or its refusal
            _busy = true;
        }
        _busy = false;
        if (_withoutRoute is not null && !_anyFailed)
            board.NoteAll(_withoutRoute);
    }

    /// <summary>What was done so far, also when the attempt was stopped in the middle.</summary>
    public HostExplanation Explain() => plan.Explanation with { Sessions = [.. _sessions], Result = _busy || _sessions.Count == 0 ? "stopped" : _sessions[^1].Result };

    // Whether a session came to a transaction; why not is noted on the board.
    private async ValueTask<bool> TryAddressAsync(IPEndPoint address, DialResult first, AttemptTokens tokens)
    {
        HostFailure? failure = null;
        foreach (var session in plan.Sessions)
        {
            _busy = true;
            switch (session == plan.Sessions[0] ? first : await _dialer.DialAsync(address, tokens.Search).ConfigureAwait(false))
            {
                case DialResult.Failed refused:
                    NoteDial(address, session, refused);
                    return false;
                case DialResult.Connected connected:
                    var opened = await SmtpClientSession.OpenAsync(connected.Stream, Settings(session), parts.Time, tokens.Search).ConfigureAwait(false);
                    if (opened is SessionOpenResult.Opened(var ready))
                    {
                        await CarryAsync(ready, About(address, session, connected), tokens).ConfigureAwait(false);
                        return true;
                    }
                    var failed = ((SessionOpenResult.Failed)opened).Failure;
                    failure = Explain(About(address, session, connected), failed);
                    if (LacksTls(failed))
                        break;          // the next session of the plan, if it has one: the plaintext of opportunistic TLS
                    Note(failure);
                    return false;
                default:
                    throw new UnreachableException();
            }
        }
        if (failure is not null)
            Note(failure);
        return false;
    }

    private void Note(HostFailure failure)
    {
        _anyFailed = true;
        board.NoteAll(failure);
    }

    // RFC 7672 §2.2, "insecure": cleartext may follow when the server cannot do TLS. An injection is no inability, and a rejected
    // certificate never comes here from an opportunistic session.
    private static bool LacksTls(SessionFailure failure) => failure switch
    {
        { Kind: SessionFailureKind.StartTlsNotOffered or SessionFailureKind.StartTlsRefused or SessionFailureKind.TlsHandshake } => true,
        { Stage: SmtpStage.TlsHandshake, Kind: SessionFailureKind.ConnectionLost or SessionFailureKind.Timeout } => true,
        _ => false,
    };

    private async ValueTask CarryAsync(SmtpClientSession session, SessionExplanation about, AttemptTokens tokens)
    {
        var support = session.Tls is null ? RequireTlsSupport.Unknown : session.Capabilities.RequireTls ? RequireTlsSupport.Announced : RequireTlsSupport.NotAnnounced;
        learning.Opened(session.Tls, support);
        await using var _ = session.ConfigureAwait(false);
        var carrier = new MessageCarrier(session, plan, request, parts, board);
        try
        {
            await carrier.SendAsync(tokens).ConfigureAwait(false);
        }
        finally
        {
            _busy = false;
            _sessions.Add(about with
            {
                Tls = session.Tls,
                Certificate = session.Tls?.PeerCertificate,
                RequireTls = support,
                Result = carrier.Result,
            });
        }
        if (session.State == SessionState.Reusable)
            await SayGoodbyeAsync(session, tokens.Stop).ConfigureAwait(false);
    }

    // The message is with whoever took it: nothing that happens to the goodbye may hide that, and whoever stops the attempt wants to hear
    // of it while there is time.
    private static async ValueTask SayGoodbyeAsync(SmtpClientSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // closed without it
        }
    }

    private void NoteDial(IPEndPoint address, SessionPlan asked, DialResult.Failed refused)
    {
        var failure = FailureTable.Of(refused.Reason, refused.Detail);
        DeliveryTelemetry.SessionFailed(failure, plan.Floor);
        _busy = false;
        _sessions.Add(new SessionExplanation { Address = address, Via = refused.Via, Asked = asked.Tls, Result = failure.Sentence });
        if (refused.Reason.IsWithoutRoute())
            _withoutRoute = new HostFailure(plan.Host, failure, null);
        else
            Note(new HostFailure(plan.Host, failure, null));
    }

    private HostFailure Explain(SessionExplanation about, SessionFailure failed)
    {
        _busy = false;
        learning.Failed(failed.Kind);
        var failure = plan.IsRelay ? FailureTable.AtRelay(FailureTable.Of(failed, Demand)) : FailureTable.Of(failed, Demand);
        DeliveryTelemetry.SessionFailed(failure, plan.Floor);
        _sessions.Add(about with { Certificate = failed.PeerCertificate, Result = failure.Sentence });
        return new HostFailure(plan.Host, failure, failed.Reply);
    }

    private static SessionExplanation About(IPEndPoint address, SessionPlan asked, DialResult.Connected connected) =>
        new() { Address = address, Via = connected.Via, Local = connected.Local, Asked = asked.Tls, Result = string.Empty };

    private SmtpSessionSettings Settings(SessionPlan session) => new()
    {
        HelloName = plan.HelloName.IsEmpty ? parts.Options.HelloName : plan.HelloName,
        Tls = session.Tls,
        LeastTlsVersion = plan.LeastVersion,
        ServerName = session.ServerName.IsEmpty ? null : session.ServerName,
        Verifier = session.Verifier,
        Extensions = Extensions,
        Timeouts = parts.Options.Timeouts,
        Logger = parts.Logger,
    };
}
