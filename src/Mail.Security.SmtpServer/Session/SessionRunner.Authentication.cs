using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer;

// A login (RFC 4954 §4): challenges and responses, each line of the client within the time of a command.
internal sealed partial class SessionRunner
{
    private async ValueTask<SessionEnd?> AuthenticateAsync(Decision decision)
    {
        var authentication = Options.Authentication!;
        if (!authentication.Factory.TryCreate(decision.Name, _state.SaslChannel, out var server))
            throw new UnreachableException("AuthCommand takes offered mechanisms only.");
        using var exchange = new AuthExchange(server, authentication.StepTimeout, _parts);
        var lines = new AuthLineReader(_connection);
        var response = decision.Response;
        while (true)
        {
            var step = await TakeStepAsync(exchange, response).ConfigureAwait(false);
            if (step.Reply is { } reply)
                return await ConcludeLoginAsync(decision, step.Outcome, reply).ConfigureAwait(false);
            if (step.Challenge is not { } challenge)
                return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
            _replies.WriteChallenge(challenge.Span);
            var (line, end) = await ReadResponseAsync(lines).ConfigureAwait(false);
            if (end is not null || line.Kind != AuthLineKind.Response)
                return await BreakOffLoginAsync(decision, exchange, line.Kind, end).ConfigureAwait(false);
            response = line.Data;
        }
    }

    // The listener is told of the end before the client is: whoever does not read or not answer is no login under way.
    private async ValueTask<LoginStep> TakeStepAsync(AuthExchange exchange, byte[]? response)
    {
        if (Session.Admission?.BeginLogin(Session) is { } refusal)
        {
            CryptographicOperations.ZeroMemory(response);
            return new(SmtpLoginOutcome.Undecided, Refusals.ToReply(refusal), null);
        }
        var step = LoginStep.OutOfTime;
        try
        {
            step = await DecideStepAsync(exchange, response).ConfigureAwait(false);
            return step;
        }
        finally
        {
            Session.Admission?.EndLogin(Session, step.Outcome, exchange.UserName);
        }
    }

    private async ValueTask<LoginStep> DecideStepAsync(AuthExchange exchange, byte[]? response)
    {
        var call = await _calls.CallAsync("SaslServer", (exchange, response), static (on, token) => on.exchange.StepAsync(on.response, token)).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return LoginStep.OutOfTime;
        if (exchange.Refusal is { } refusal)
            return new(SmtpLoginOutcome.Undecided, Refusals.ToReply(refusal), null);
        return call.Value switch
        {
            SaslServerStep.Challenge challenge => LoginStep.Ask(challenge.Data),
            SaslServerStep.Succeeded success => await WelcomeAsync(exchange.Mechanism, success).ConfigureAwait(false),
            SaslServerStep.Failed failed => Fail(exchange.Mechanism, failed.Reason),
            _ => Fail(exchange.Mechanism, SaslFailure.Unavailable),
        };
    }

    private LoginStep Fail(string mechanism, SaslFailure reason)
    {
        _parts.Metrics?.Authentication(mechanism, reason == SaslFailure.Unavailable ? "unavailable" : "failed");
        ServerLog.LoginFailed(_parts.Logger, Session.Id, Session.RemoteEndPoint, mechanism, reason);
        return LoginStep.End(Replies.For(reason));
    }

    private async ValueTask<LoginStep> WelcomeAsync(string mechanism, SaslServerStep.Succeeded success)
    {
        var login = new SmtpAuthentication(success.Identity, success.AuthorizationIdentity, success.Mechanism);
        var call = await _calls.CallAsync("SmtpHandler.OnAuthenticatedAsync", (Parts: _parts, Login: login),
            static (on, token) => on.Parts.Handler.OnAuthenticatedAsync(on.Parts.Session, on.Login, token)).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return LoginStep.OutOfTime;
        if ((call.Outcome == CallOutcome.Failed ? Replies.AuthUnavailable : Objection(call)) is { } refusal)
        {
            _parts.Metrics?.Authentication(mechanism, refusal.Code < 500 ? "unavailable" : "failed");
            return LoginStep.End(refusal);
        }
        // RFC 4954 §4: only a security layer of SASL would begin the session anew, and no mechanism here has one.
        Session.Authentication = login;
        _parts.Metrics?.Authentication(mechanism, "succeeded");
        ServerLog.LoggedIn(_parts.Logger, Session.Id, Session.RemoteEndPoint, login.Identity, login.AuthorizationIdentity, mechanism);
        return LoginStep.Success(Replies.Authenticated);
    }

    // The time runs until the whole line is there, however long it is.
    private async ValueTask<(AuthLine Line, SessionEnd? End)> ReadResponseAsync(AuthLineReader lines)
    {
        if (await FlushAsync().ConfigureAwait(false) is { } broken)
            return (default, broken);
        _clock.Arm(_budget.NextWait(Options.Timeouts.Command));
        _clock.Idle();
        while (true)
        {
            if (lines.TryRead(out var line))
            {
                _clock.Disarm();
                _parts.Protocol.Response(line);
                return (line, null);
            }
            var started = _parts.Time.GetTimestamp();
            var outcome = await _connection.ReadAsync(_clock.Token).ConfigureAwait(false);
            _budget.Waited(_parts.Time.GetElapsedTime(started));
            switch (outcome)
            {
                case WaitOutcome.Done:
                    continue;
                case WaitOutcome.Cancelled:
                    return (default, await OutOfTimeAsync(Replies.TimedOut, SessionEndReason.Timeout).ConfigureAwait(false));
                case WaitOutcome.Ended:
                    return (default, End(SessionEndReason.ClientClosed, "closed within a login"));
                default:
                    return (default, End(SessionEndReason.ConnectionLost, _connection.Failure));
            }
        }
    }

    // Who has heard what the store says to a name and goes has tried it.
    private async ValueTask<SessionEnd?> BreakOffLoginAsync(Decision decision, AuthExchange exchange, AuthLineKind kind, SessionEnd? end)
    {
        if (exchange.UserName is { } userName && end?.Reason != SessionEndReason.Shutdown)
        {
            _state.FailedLogins++;
            Session.Admission?.AbandonLogin(Session, userName);
        }
        if (end is not null)
            return end;
        _parts.Metrics?.Authentication(exchange.Mechanism, kind == AuthLineKind.Cancel ? "cancelled" : "failed");
        return await RefuseLoginAsync(decision, kind switch
        {
            AuthLineKind.Cancel => Replies.AuthCancelled,
            AuthLineKind.TooLong => Replies.AuthLineTooLong,
            _ => Replies.BadBase64,
        }).ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> ConcludeLoginAsync(Decision decision, SmtpLoginOutcome outcome, ServerReply reply)
    {
        if (outcome == SmtpLoginOutcome.Failed)
            _state.FailedLogins++;
        return outcome == SmtpLoginOutcome.Succeeded ? ReplyAsync(decision, reply) : RefuseLoginAsync(decision, reply);
    }

    // A temporary failure is not the client's fault.
    private ValueTask<SessionEnd?> RefuseLoginAsync(Decision decision, ServerReply refusal) =>
        ReplyAsync(decision, refusal.Code >= 500 ? _budget.Charge(refusal) : refusal);

    // The channel as SASL sees it. "tls-unique" is left out: it is safe only with the extended master secret (RFC 7677 §4), of which
    // SslStream does not tell; and "tls-exporter" SslStream cannot make.
    private SaslServerChannel DescribeChannel()
    {
        if (Options.Authentication is null || Session.Tls is null)
            return SessionState.ClearChannel;
        return new(SaslProtection.Verified)
        {
            Bindings = _connection.LocalCertificate is X509Certificate2 certificate && ChannelBinding.TryFromServerCertificate(certificate, out var binding, out _) ? [binding] : [],
        };
    }
}
