using Mail.Security.Sasl;

namespace Mail.Security.Transports;

/// <summary>How a session logs in (RFC 4954): with what, and by which mechanisms.</summary>
/// <remarks>
/// One for all sessions with the same account; it may be used by many at once. The credentials are not disposed here. A session that is to log in and cannot does not open:
/// there is no going on without.
/// </remarks>
public sealed class SmtpClientAuthentication
{
    /// <summary>Takes credentials, and by default the strongest mechanism the server offers; passwords and tokens go over verified TLS only, and derived keys are remembered.</summary>
    /// <param name="credentials">What to log in with.</param>
    /// <param name="selector">Which mechanisms may be used, and how; null for the defaults.</param>
    public SmtpClientAuthentication(SaslCredentials credentials, SaslClientSelector? selector = null)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        Credentials = credentials;
        Selector = selector ?? new SaslClientSelector(new SaslClientOptions { KeyCache = new ScramKeyCache() });
    }

    /// <summary>What to log in with.</summary>
    public SaslCredentials Credentials { get; }

    /// <summary>Chooses the mechanism.</summary>
    public SaslClientSelector Selector { get; }

    /// <summary>Whether another one logs in as this one does. Sessions are shared by those with the same object: who reads a configuration anew keeps the former object where this is true.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True when credentials and selectors are equivalent.</returns>
    public bool IsEquivalentTo(SmtpClientAuthentication other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Selector.IsEquivalentTo(other.Selector) && Credentials.IsEquivalentTo(other.Credentials);
    }

    /// <summary>The name; no secret.</summary>
    /// <returns>A text that may be logged where names may.</returns>
    public override string ToString() => Credentials.ToString();
}
