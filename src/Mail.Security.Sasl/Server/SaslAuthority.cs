namespace Mail.Security.Sasl;

/// <summary>The last step of every mechanism: whom an authenticated user acts as (RFC 4422 §3.4.1).</summary>
internal sealed class SaslAuthority(SaslPreparation preparation, ISaslAuthorizer? authorizer)
{
    public SaslPreparation Preparation => preparation;

    /// <summary>Decides on an authorization identity; empty stands for the user's own.</summary>
    public async ValueTask<SaslServerStep> DecideAsync(string mechanism, string identity, ReadOnlyMemory<byte> authorizationIdentity, CancellationToken cancellationToken)
    {
        if (authorizationIdentity.IsEmpty)
            return new SaslServerStep.Succeeded(identity, identity, mechanism);
        // RFC 4954 §4: an authorization identity that cannot be prepared fails the authentication.
        if (!StringPreparation.TryPrepareName(authorizationIdentity.Span, preparation, out var wanted))
            return new SaslServerStep.Failed(SaslFailure.InvalidEncoding, default);
        if (string.Equals(wanted, identity, StringComparison.Ordinal))
            return new SaslServerStep.Succeeded(identity, identity, mechanism);
        var verdict = authorizer is null ? SaslVerdict.Refused : await authorizer.MayActAsAsync(identity, wanted, cancellationToken).ConfigureAwait(false);
        return verdict switch
        {
            SaslVerdict.Accepted => new SaslServerStep.Succeeded(identity, wanted, mechanism),
            SaslVerdict.Unavailable => new SaslServerStep.Failed(SaslFailure.Unavailable, default),
            _ => new SaslServerStep.Failed(SaslFailure.NotAuthorized, default),
        };
    }

    /// <summary>Verifies a password, then decides.</summary>
    public async ValueTask<SaslServerStep> VerifyAsync(
        SaslServer server, ISaslPasswordVerifier verifier, PasswordMessage message, CancellationToken cancellationToken)
    {
        if (!StringPreparation.TryPrepareName(message.UserName.Span, preparation, out var userName))
            return new SaslServerStep.Failed(SaslFailure.InvalidEncoding, default);
        if (server.Objection(userName) is { } objection)
            return new SaslServerStep.Failed(objection, default);
        return await verifier.VerifyAsync(userName, message.Password, cancellationToken).ConfigureAwait(false) switch
        {
            SaslVerdict.Accepted => await DecideAsync(server.Mechanism, userName, message.AuthorizationIdentity, cancellationToken).ConfigureAwait(false),
            SaslVerdict.Unavailable => new SaslServerStep.Failed(SaslFailure.Unavailable, default),
            _ => new SaslServerStep.Failed(SaslFailure.InvalidCredentials, default),
        };
    }
}
