using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Sasl;

/// <summary>What OAUTHBEARER and XOAUTH2 share: one message with a token, and an error to be acknowledged before the server refuses (RFC 7628 §3).</summary>
internal abstract class TokenClient(string mechanism, SaslCredentials credentials, SaslPreparation preparation) : SaslClient(mechanism)
{
    private SaslToken? _token;
    private string? _error;

    private protected override bool IsComplete => _error is null;

    private protected override ReadOnlySpan<byte> Secret => _token is null ? default : _token.Value;

    /// <summary>The message, for a name without control characters.</summary>
    private protected abstract byte[] Message(string name, ReadOnlySpan<byte> token);

    /// <summary>What a client says to an error, so that the server can go on to its refusal.</summary>
    private protected abstract byte[] Acknowledgement { get; }

    private protected override async ValueTask<SaslClientStep> BeginAsync(CancellationToken cancellationToken)
    {
        // Whose mailbox it is. With no other asked for, that of the token's owner: servers want to hear it (RFC 7628 §3.1).
        var wanted = credentials.AuthorizationBytes.Length > 0 ? credentials.AuthorizationBytes : credentials.UserNameBytes;
        if (!StringPreparation.TryPrepareName(wanted, preparation, out var name) || name.Any(char.IsControl))
            return Unusable();
        switch (await TakeTokenAsync(cancellationToken).ConfigureAwait(false))
        {
            case SaslTokenResult.Issued(var token):
                _token = token;
                return Send(Message(name, token.Value));
            case SaslTokenResult.Unavailable(var detail):
                return Fail(SaslClientFailure.TokenUnavailable, detail);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private protected override ValueTask<SaslClientStep> AnswerAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken)
    {
        if (_error is not null)
            return ValueTask.FromResult<SaslClientStep>(Fail(SaslClientFailure.UnexpectedChallenge, $"{Mechanism} has one error"));
        var error = TokenError.Read(challenge.Span);
        _error = Reveals(error) ? TokenError.Unknown : error;
        return ValueTask.FromResult<SaslClientStep>(Send(Acknowledgement));
    }

    private protected override SaslClientStep.Failed Refuse(SaslRefusalCause cause)
    {
        // RFC 4954 §6: a temporary failure says nothing against the token.
        if (_token is not null && (_error is not null || cause == SaslRefusalCause.Credentials))
            credentials.Tokens!.Refuse(_token, _error ?? string.Empty);
        return _error is null ? base.Refuse(cause) : Fail(SaslClientFailure.ServerError, _error);
    }

    // A provider speaks with servers of its own, in whose exceptions, timeouts among them, there may be secrets: only their kind is told.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a provider throws, it gave no token.")]
    private async ValueTask<SaslTokenResult> TakeTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await credentials.Tokens!.GetTokenAsync(credentials.UserName, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new SaslTokenResult.Unavailable($"the provider of tokens failed ({exception.GetType().Name})");
        }
    }
}
