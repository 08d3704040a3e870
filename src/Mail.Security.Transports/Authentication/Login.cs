using Mail.Security.Sasl;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>One authentication on the wire (RFC 4954 §4): the steps of a mechanism between AUTH and its last reply.</summary>
/// <remarks>
/// No success is believed before the mechanism says so. Whatever goes wrong on this side while the server waits for an answer is told by "*", so that the session stays in step.
/// </remarks>
internal sealed class Login(SmtpConnection connection, SmtpSessionSettings settings, TimeProvider time, SaslClient client)
{
    // Every mechanism has an end of its own well before; this one is for all.
    private const int MaxChallenges = 8;

    private readonly TimeSpan _limit = settings.Timeouts.Authentication;

    /// <summary>Runs it; null when this side is authenticated.</summary>
    public async ValueTask<SessionFailure?> RunAsync(CancellationToken cancellationToken)
    {
        var begun = await StepAsync(client.StartAsync, cancellationToken).ConfigureAwait(false);
        if (begun.Failure is { } failure)
            return failure;                             // nothing was sent
        var (line, held) = Begin(begun.Step!);
        var reply = await ExchangeAsync(line, cancellationToken).ConfigureAwait(false);
        for (var challenges = 0; reply.Reply is { Code: 334 } said; challenges++)
        {
            if (challenges == MaxChallenges)
                return await CancelAsync(Failure(SessionFailureKind.AuthenticationAborted, "there is no end of challenges"), cancellationToken).ConfigureAwait(false);
            if (!AuthenticationReply.TryChallenge(said, out var challenge))
                return await CancelAsync(Failure(SessionFailureKind.AuthenticationAborted, "a challenge is not one line of base64"), cancellationToken).ConfigureAwait(false);
            var next = await AnswerAsync(challenge, held, cancellationToken).ConfigureAwait(false);
            if (next.Failure is { } refusal)
                return await CancelAsync(refusal, cancellationToken).ConfigureAwait(false);
            held = null;
            reply = await ExchangeAsync(AuthenticationLine.Response(((SaslClientStep.Send)next.Step!).Data.Span), cancellationToken).ConfigureAwait(false);
        }
        return reply.Failure ?? await EndAsync(reply.Reply!, cancellationToken).ConfigureAwait(false);
    }

    // The command, and the first response when it goes by itself: it is too long to go with the command, or the mechanism has none.
    private (AuthenticationLine Line, SaslClientStep.Send? Held) Begin(SaslClientStep step)
    {
        if (step is not SaslClientStep.Send initial)
            return (AuthenticationLine.Command(client.Mechanism), null);
        return AuthenticationLine.TryCommand(client.Mechanism, initial.Data.Span, out var line) ? (line, null) : (AuthenticationLine.Command(client.Mechanism), initial);
    }

    private async ValueTask<(SaslClientStep? Step, SessionFailure? Failure)> AnswerAsync(byte[] challenge, SaslClientStep.Send? held, CancellationToken cancellationToken)
    {
        if (held is null)
            return await StepAsync(token => client.RespondAsync(challenge, token), cancellationToken).ConfigureAwait(false);
        // RFC 4954 §4: what asks for the first response has no data.
        return challenge.Length == 0 ? (held, null) : (null, Failure(SessionFailureKind.AuthenticationAborted, "the server begins a mechanism in which the client does"));
    }

    private async ValueTask<SessionFailure?> EndAsync(SmtpReply reply, CancellationToken cancellationToken)
    {
        if (reply.Code == 235)
        {
            var end = await StepAsync(token => client.CompleteAsync(default, token), cancellationToken).ConfigureAwait(false);
            return end.Failure is { } failure ? failure with { Reply = reply } : null;
        }
        var kind = AuthenticationReply.KindOf(reply);
        if (kind is SessionFailureKind.ProtocolViolation or SessionFailureKind.Refused421)
            return Failure(kind, reply.ToString()) with { Reply = reply };
        var refused = client.Refused(kind == SessionFailureKind.CredentialsRefused ? SaslRefusalCause.Credentials : SaslRefusalCause.Unspecified);
        var told = refused.Reason == SaslClientFailure.ServerError ? $" ({refused.Detail})" : string.Empty;
        return Failure(kind, $"{reply}{told}") with { Reply = reply };
    }

    // RFC 4954 §4: the server answers 501. Whatever refusal it is, the session is in step; anything else is not.
    private async ValueTask<SessionFailure> CancelAsync(SessionFailure failure, CancellationToken cancellationToken)
    {
        var (reply, fault) = await ExchangeAsync(AuthenticationLine.Cancel(), cancellationToken).ConfigureAwait(false);
        if (fault is not null)
            return failure with { Detail = $"{failure.Detail}; then {fault.Detail}" };
        return reply is { IsTransient: true } or { IsPermanent: true }
            ? failure with { Reply = reply }
            : failure with { Detail = $"{failure.Detail}; then the server answered \"*\" by {reply!.Code}" };
    }

    private async ValueTask<(SmtpReply? Reply, SessionFailure? Failure)> ExchangeAsync(AuthenticationLine line, CancellationToken cancellationToken)
    {
        using (line)
        {
            var result = await connection.ExchangeAsync(line.Octets, _limit, cancellationToken).ConfigureAwait(false);
            if (result.Fault is { } fault)
                return (null, fault.At(SmtpStage.Authentication));
            var reply = result.Reply!;
            if (reply.Code != 334)
                reply = AuthenticationReply.Clean(reply, client);
            LoginTelemetry.Replied(settings.Logger, reply);
            return (reply, null);
        }
    }

    // A step of this side may wait too, for a token or for keys: it has the same limit as an answer of the server.
    private async ValueTask<(SaslClientStep? Step, SessionFailure? Failure)> StepAsync(Func<CancellationToken, ValueTask<SaslClientStep>> take, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            var step = await take(both.Token).AsTask().WaitAsync(both.Token).ConfigureAwait(false);
            return step is SaslClientStep.Failed failed ? (null, Failure(KindOf(failed), failed.Detail)) : (step, null);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, Failure(SessionFailureKind.AuthenticationAborted, FormattableString.Invariant($"no token and no keys within {_limit.TotalSeconds:0.###} seconds")));
        }
    }

    private static SessionFailureKind KindOf(SaslClientStep.Failed failed) => failed.Reason switch
    {
        // RFC 5802 §7: the words by which a server says that it is the password.
        SaslClientFailure.ServerError when failed.Detail is "invalid-proof" or "unknown-user" => SessionFailureKind.CredentialsRefused,
        SaslClientFailure.ServerError => SessionFailureKind.AuthenticationRefused,
        SaslClientFailure.ServerNotAuthenticated => SessionFailureKind.ServerNotAuthenticated,
        SaslClientFailure.TokenUnavailable => SessionFailureKind.TokenUnavailable,
        _ => SessionFailureKind.AuthenticationAborted,
    };

    private SessionFailure Failure(SessionFailureKind kind, string detail) => new(kind, SmtpStage.Authentication, null, null, $"{client.Mechanism}: {detail}");
}
