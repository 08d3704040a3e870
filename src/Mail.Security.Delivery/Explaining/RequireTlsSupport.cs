namespace Mail.Security.Delivery;

/// <summary>What is known of a server's support for REQUIRETLS (RFC 8689 §2).</summary>
public enum RequireTlsSupport : byte
{
    /// <summary>No session under TLS came about.</summary>
    Unknown = 0,

    /// <summary>The server does not announce it.</summary>
    NotAnnounced,

    /// <summary>The server announces it.</summary>
    Announced,
}
