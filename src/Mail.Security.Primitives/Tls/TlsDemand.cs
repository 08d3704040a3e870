namespace Mail.Security;

/// <summary>What the sender of a message demands of every hop's transport security (RFC 8689).</summary>
public enum TlsDemand : byte
{
    /// <summary>The policy of the recipient domain decides (DANE, MTA-STS, else opportunistic TLS).</summary>
    Default = 0,

    /// <summary>The REQUIRETLS option was given: only an authenticated TLS session to a server that announces REQUIRETLS will do (RFC 8689 §2).</summary>
    RequireTls = 1,

    /// <summary>The header field "TLS-Required: No" was given: delivery comes before security, and failed checks are ignored (RFC 8689 §3).</summary>
    TlsRequiredNo = 2,
}
