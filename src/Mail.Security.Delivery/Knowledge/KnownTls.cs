namespace Mail.Security.Delivery;

/// <summary>The TLS that was seen with a domain's own mail exchangers.</summary>
public enum KnownTls : byte
{
    /// <summary>No session came about.</summary>
    Unknown = 0,

    /// <summary>None: the session ran in the clear.</summary>
    None,

    /// <summary>TLS with a host that does not prove who it is.</summary>
    Encrypted,

    /// <summary>TLS with a host that proves who it is.</summary>
    Authenticated,
}
