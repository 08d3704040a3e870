namespace Mail.Security.Sasl;

/// <summary>Says whether a user may act as somebody else (RFC 4422 §3.4.1).</summary>
public interface ISaslAuthorizer
{
    /// <summary>Asked after the user is authenticated, and only for an authorization identity that is not the user's own.</summary>
    /// <param name="identity">Who is authenticated.</param>
    /// <param name="authorizationIdentity">Whom they want to act as.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The verdict.</returns>
    ValueTask<SaslVerdict> MayActAsAsync(string identity, string authorizationIdentity, CancellationToken cancellationToken = default);
}
