namespace Mail.Security.Sasl;

/// <summary>Gives the OAuth 2.0 access token a client logs in with.</summary>
/// <remarks>
/// It is asked once for each login, so that an expired token is never sent; how long it keeps one, and how it gets the next, is its own affair. It may be asked by many logins at once.
/// What can go wrong on the way to a token is an answer, <see cref="SaslTokenResult.Unavailable"/>; an exception is taken for one too, and only its type is told.
/// </remarks>
public interface ISaslTokenProvider
{
    /// <summary>Gives a token that is valid now.</summary>
    /// <param name="userName">The name the credentials were made with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The token, or why there is none.</returns>
    ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken = default);

    /// <summary>Told that a server refused a token, so that it is not given out again. A failure that may be over soon is not told.</summary>
    /// <param name="token">The token.</param>
    /// <param name="error">What the server said: the status, and the scope it wants; empty when it gave no reason.</param>
    void Refuse(SaslToken token, string error)
    {
    }
}
