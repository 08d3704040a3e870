using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Sasl;

namespace Mail.Security.SmtpServer;

// A login (RFC 4954 §4): challenges and responses, each line of the client within the time of a command.
internal sealed partial class SessionRunner
{
    private SmtpLoginOutcome _login;

    private async ValueTask<SessionEnd?> AuthenticateAsync(Decision decision)
    {
        if (Session.Admission?.BeginLogin(Session) is { } refusal)
        {
            CryptographicOperations.ZeroMemory(decision.Response);
            return await ReplyAsync(decision, Refusals.ToReply(refusal)).ConfigureAwait(false);
        }
        _login = SmtpLoginOutcome.Undecided;
        try
        {
            return await LogInAsync(decision).ConfigureAwait(false);
        }
        finally
        {
            Session.Admission?.EndLogin(Session, _login);
        }
    }

    private async ValueTask<SessionEnd?> LogInAsync(Decision decision)
    {
        var authentication = Options.Authentication!;
        if (!authentication.Factory.TryCreate(decision.Name, _state.SaslChannel, out var server))
            throw new UnreachableException("AuthCommand takes offered mechanisms only.");
        using var exchange = new AuthExchange(server, authentication.StepTimeout, _parts);
        var lines = new AuthLineReader(_connection);
        var response = decision.Response;
        while (true)
        {
            var call = await _calls.CallAsync("SaslServer", (exchange, response), static (on, token) => on.exchange.StepAsync(on.response, token)).ConfigureAwait(false);
            if (call.Outcome == CallOutcome.TimedOut)
                return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
            if (call.Value is not SaslServerStep.Challenge challenge)
                return await ConcludeLoginAsync(decision, exchange.Mechanism, call.Value).ConfigureAwait(false);
            _replies.WriteChallenge(challenge.Data.Span);
            var (line, end) = await ReadResponseAsync(lines).ConfigureAwait(false);
            if (end is not null)
                return end;
            if (line.Kind != AuthLineKind.Response)
                return await BreakOffLoginAsync(decision, exchange.Mechanism, line.Kind).ConfigureAwait(false);
            response = line.Data;
        }
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

    private ValueTask<SessionEnd?> BreakOffLoginAsync(Decision decision, string mechanism, AuthLineKind kind)
    {
        _parts.Metrics?.Authentication(mechanism, kind == AuthLineKind.Cancel ? "cancelled" : "failed");
        return RefuseLoginAsync(decision, kind switch
        {
            AuthLineKind.Cancel => Replies.AuthCancelled,
            AuthLineKind.TooLong => Replies.AuthLineTooLong,
            _ => Replies.BadBase64,
        });
    }

    private async ValueTask<SessionEnd?> ConcludeLoginAsync(Decision decision, string mechanism, SaslServerStep? step)
    {
        if (step is not SaslServerStep.Succeeded success)
        {
            var reason = step is SaslServerStep.Failed failed ? failed.Reason : SaslFailure.Unavailable;
            _parts.Metrics?.Authentication(mechanism, reason == SaslFailure.Unavailable ? "unavailable" : "failed");
            ServerLog.LoginFailed(_parts.Logger, Session.Id, Session.RemoteEndPoint, mechanism, reason);
            return await FailLoginAsync(decision, Replies.For(reason)).ConfigureAwait(false);
        }
        var login = new SmtpAuthentication(success.Identity, success.AuthorizationIdentity, success.Mechanism);
        var call = await _calls.CallAsync("SmtpHandler.OnAuthenticatedAsync", (Parts: _parts, Login: login),
            static (on, token) => on.Parts.Handler.OnAuthenticatedAsync(on.Parts.Session, on.Login, token)).ConfigureAwait(false);
        if (call.Outcome == CallOutcome.TimedOut)
            return await OutOfTimeAsync(Replies.HandlerTimedOut, SessionEndReason.HandlerTimeout).ConfigureAwait(false);
        if ((call.Outcome == CallOutcome.Failed ? Replies.AuthUnavailable : Objection(call)) is { } refusal)
        {
            _parts.Metrics?.Authentication(mechanism, refusal.Code < 500 ? "unavailable" : "failed");
            return await FailLoginAsync(decision, refusal).ConfigureAwait(false);
        }
        // RFC 4954 §4: only a security layer of SASL would begin the session anew, and no mechanism here has one.
        (Session.Authentication, _login) = (login, SmtpLoginOutcome.Succeeded);
        _parts.Metrics?.Authentication(mechanism, "succeeded");
        ServerLog.LoggedIn(_parts.Logger, Session.Id, Session.RemoteEndPoint, login.Identity, login.AuthorizationIdentity, mechanism);
        return await ReplyAsync(decision, Replies.Authenticated).ConfigureAwait(false);
    }

    private ValueTask<SessionEnd?> FailLoginAsync(Decision decision, ServerReply refusal)
    {
        if (refusal.Code >= 500)
        {
            _state.FailedLogins++;
            _login = SmtpLoginOutcome.Failed;
        }
        return RefuseLoginAsync(decision, refusal);
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
