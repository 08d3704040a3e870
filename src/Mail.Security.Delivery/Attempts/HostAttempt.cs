using System.Diagnostics;
using System.Net;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Delivery;

/// <summary>What the attempts on all hosts share.</summary>
internal sealed record AttemptParts(TransportDialers Dialers, DeliveryOptions Options, TimeProvider Time, ILogger Logger)
{
    public required DeliveryRouting Routing { get; init; }

    public required DestinationGate Gate { get; init; }

    public required LoginGate Logins { get; init; }

    public IReadOnlyList<SmtpExtension> Extensions { get; } = RelayedExtensions.Of(Time);

    public required SmtpSessionPool Pool { get; init; }
}

/// <summary>The attempt on one host: takes an idle session, or walks addresses and sessions until one carries the message, as far as the plan allows.</summary>
internal sealed class HostAttempt(AttemptParts parts, HostPlan plan, DeliveryRequest request, RecipientBoard board, Learning learning)
{
    private readonly SmtpDialer _dialer = parts.Dialers.For(plan.Transport);
    private readonly List<SessionExplanation> _sessions = [];
    private readonly HashSet<int> _answered = [];       // recipients the host has said something of
    private HostFailure? _withoutRoute;
    private HostFailure? _postponed;
    private int _loginRound;
    private bool _anyFailed;
    private bool _busy;

    private TlsDemand Demand => request.Envelope.TlsDemand;

    private SmtpClientAuthentication? Login => (plan.Transport as TransportDefinition.Submission)?.Authentication;

    /// <summary>When to come again, where the host was not tried: all connections that may be made to it are in use, or its login failed a moment ago. Null otherwise.</summary>
    public DateTimeOffset? PostponedUntil { get; private set; }

    /// <summary>Tries the host and notes on the board what came of it.</summary>
    /// <remarks>
    /// Every address counts: one that is out of reach may be the one that takes the message. Only an address this side has no route to says
    /// nothing of the host, as long as another one was reached.
    /// </remarks>
    public async ValueTask RunAsync(AttemptTokens tokens)
    {
        if (await parts.Pool.EnterAsync(Request(), tokens.Search).ConfigureAwait(false) is not SmtpPoolTurn.Entered(var place))
        {
            Postpone(PlanFault.HostCrowded, DestinationGate.Pause);
            return;
        }
        try
        {
            await RunAsync(place, tokens).ConfigureAwait(false);
        }
        finally
        {
            // The message is with whoever took it: nothing that happens to a goodbye may hide that, and whoever stops the attempt wants to hear of it while there is time.
            await place.LeaveAsync(tokens.Stop).ConfigureAwait(false);
        }
    }

    /// <summary>What was done so far, also when the attempt was stopped in the middle.</summary>
    public HostExplanation Explain()
    {
        var (result, label) = _postponed is not null ? (_postponed.Failure.Sentence, _postponed.Failure.Label) : _busy || _sessions.Count == 0 ? ("stopped", "") : (_sessions[^1].Result, _sessions[^1].Label);
        return plan.Explanation with { Sessions = [.. _sessions], Result = result, Label = label };
    }

    private async ValueTask RunAsync(SmtpPoolPlace place, AttemptTokens tokens)
    {
        // A session that was gone already says nothing of the host: another is opened, as if there had been none.
        if (place.Session is not null && await CarryAllAsync(place, plan.Sessions[0], tokens).ConfigureAwait(false) == CarryEnd.Carried)
            return;
        if (Login is { } login && parts.Logins.Enter(login) is var (wait, round))
        {
            if (wait > TimeSpan.Zero)
            {
                Postpone(PlanFault.LoginPaused, wait);
                return;
            }
            _loginRound = round;
            try
            {
                await WalkAsync(place, tokens).ConfigureAwait(false);
            }
            finally
            {
                parts.Logins.Left(login);
            }
            return;
        }
        await WalkAsync(place, tokens).ConfigureAwait(false);
    }

    private async ValueTask WalkAsync(SmtpPoolPlace place, AttemptTokens tokens)
    {
        var walk = new AddressWalk(_dialer, plan.Addresses, plan.Port, parts.Options.AddressWalk, parts.Time);
        await using var _ = walk.ConfigureAwait(false);
        _busy = true;
        while (await walk.NextAsync(tokens.Search).ConfigureAwait(false) is { } dial)
        {
            if (await TryAddressAsync(place, dial.Address, dial.Result, tokens).ConfigureAwait(false))
                return;                 // a session carried the message, or its refusal
            _busy = true;
        }
        _busy = false;
        if (_withoutRoute is not null && !_anyFailed)
            board.NoteAll(_withoutRoute);
    }

    // Whether a session came to a transaction; why not is noted on the board.
    private async ValueTask<bool> TryAddressAsync(SmtpPoolPlace place, IPEndPoint address, DialResult first, AttemptTokens tokens)
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
                    if (await place.OpenAsync(connected, address, Settings(session), tokens.Search).ConfigureAwait(false) is not SessionOpenResult.Failed(var failed))
                    {
                        NoteLogin(failed: false);
                        await CarryAllAsync(place, session, tokens).ConfigureAwait(false);
                        await CloseUnlessPlannedAsync(place, session, tokens).ConfigureAwait(false);
                        return true;
                    }
                    failure = Explain(About(address, session, connected.Via, connected.Local), failed);
                    if (LacksTls(failed))
                        break;          // the next session of the plan, if it has one: the plaintext of opportunistic TLS
                    Note(failure);
                    if (!SpeaksOfTheAccount(failed))
                        return false;
                    NoteLogin(failed: true);
                    return true;        // the other addresses know the same account, and a second try would count against it
                default:
                    throw new UnreachableException();
            }
        }
        if (failure is not null)
            Note(failure);
        return false;
    }

    // The plaintext of opportunistic TLS is for one message: the next tries TLS anew.
    private ValueTask CloseUnlessPlannedAsync(SmtpPoolPlace place, SessionPlan session, AttemptTokens tokens) =>
        ReferenceEquals(session, plan.Sessions[0]) ? ValueTask.CompletedTask : place.CloseAsync(tokens.Stop);

    private void Postpone(PlanFault why, TimeSpan wait)
    {
        _postponed = new HostFailure(plan.Host, FailureTable.Of(why, plan.Host.ToString()), null);
        PostponedUntil = parts.Time.GetUtcNow() + wait;
        DeliveryTelemetry.HostSkipped(_postponed.Failure);
        board.NoteAll(_postponed);
    }

    private void NoteLogin(bool failed)
    {
        if (Login is { } login)
            parts.Logins.Ended(login, _loginRound, failed);
    }

    // What another address would say as well. RFC 4954 §6: 454 and what else goes wrong there speaks of the one that was asked.
    private static bool SpeaksOfTheAccount(SessionFailure failed) => failed is
    {
        Stage: SmtpStage.Authentication,
        Kind: SessionFailureKind.CredentialsRefused or SessionFailureKind.AuthenticationRefused or SessionFailureKind.MechanismTooWeak
            or SessionFailureKind.PasswordTransitionNeeded or SessionFailureKind.ServerNotAuthenticated or SessionFailureKind.TokenUnavailable,
    };

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

    // A server that takes only so much in one session is called again as long as each session brings an answer for somebody who had none.
    private async ValueTask<CarryEnd> CarryAllAsync(SmtpPoolPlace place, SessionPlan asked, AttemptTokens tokens)
    {
        while (true)
        {
            var end = await CarryAsync(place, asked, tokens).ConfigureAwait(false);
            if (end != CarryEnd.LeftSome || place.Address is not { } address)
                return end;
            _busy = true;
            await place.CloseAsync(tokens.Search).ConfigureAwait(false);
            switch (await _dialer.DialAsync(address, tokens.Search).ConfigureAwait(false))
            {
                case DialResult.Failed refused:
                    NoteDial(address, asked, refused);
                    return CarryEnd.Carried;
                case DialResult.Connected connected:
                    if (await place.OpenAsync(connected, address, Settings(asked), tokens.Search).ConfigureAwait(false) is not SessionOpenResult.Failed(var failed))
                        break;
                    Note(Explain(About(address, asked, connected.Via, connected.Local), failed));
                    if (SpeaksOfTheAccount(failed))
                        NoteLogin(failed: true);
                    return CarryEnd.Carried;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private async ValueTask<CarryEnd> CarryAsync(SmtpPoolPlace place, SessionPlan asked, AttemptTokens tokens)
    {
        var (session, message, about) = (place.Session!, place.Session!.Transactions + 1, About(place.Address!, asked, place.Via, place.Local));
        var support = session.Tls is null ? RequireTlsSupport.Unknown : session.Capabilities.RequireTls ? RequireTlsSupport.Announced : RequireTlsSupport.NotAnnounced;
        learning.Opened(session.Tls, support);
        var carrier = new MessageCarrier(place, plan, request, parts, board, _answered);
        _busy = true;
        try
        {
            return await carrier.SendAsync(tokens).ConfigureAwait(false);
        }
        finally
        {
            _busy = false;
            _sessions.Add(about with
            {
                Message = message,
                Tls = session.Tls,
                Certificate = session.Tls?.PeerCertificate,
                RequireTls = support,
                Result = carrier.Result,
                Label = carrier.Label,
            });
        }
    }

    private void NoteDial(IPEndPoint address, SessionPlan asked, DialResult.Failed refused)
    {
        var failure = FailureTable.Of(refused.Reason, refused.Detail);
        DeliveryTelemetry.SessionFailed(failure, plan.Floor);
        _busy = false;
        _sessions.Add(new SessionExplanation { Address = address, Via = refused.Via, Asked = asked.Tls, Result = failure.Sentence, Label = failure.Label });
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
        _sessions.Add(about with { Certificate = failed.PeerCertificate, Result = failure.Sentence, Label = failure.Label });
        return new HostFailure(plan.Host, failure, failed.Reply);
    }

    private static SessionExplanation About(IPEndPoint address, SessionPlan asked, string? via, IPEndPoint? local) =>
        new() { Address = address, Via = via, Local = local, Asked = asked.Tls, Result = string.Empty };

    private SmtpPoolRequest Request() => new()
    {
        Host = plan.Host,
        Port = plan.Port,
        Addresses = plan.Addresses,
        Dialer = _dialer,
        Settings = Settings(plan.Sessions[0]),
        Demand = Demand,
    };

    private SmtpSessionSettings Settings(SessionPlan session) => new()
    {
        HelloName = plan.HelloName.IsEmpty ? parts.Options.HelloName : plan.HelloName,
        Tls = session.Tls,
        LeastTlsVersion = plan.LeastVersion,
        Authentication = Login,
        ClientCertificate = plan.Transport switch
        {
            TransportDefinition.Submission submission => submission.ClientCertificate,
            TransportDefinition.Smarthost smarthost => smarthost.ClientCertificate,
            _ => null,
        },
        ServerName = session.ServerName.IsEmpty ? null : session.ServerName,
        Verifier = session.Verifier,
        Extensions = parts.Extensions,
        Converter = parts.Options.Converter,
        Timeouts = parts.Options.Timeouts,
        Logger = parts.Logger,
    };
}
