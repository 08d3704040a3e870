namespace Mail.Security.Delivery;

/// <summary>The least a session must offer. Claims of several policies join by the greatest, so that their order cannot matter.</summary>
public enum TlsFloor : byte
{
    /// <summary>TLS when the server can, else the clear (RFC 7435 §3).</summary>
    Opportunistic = 0,

    /// <summary>TLS with any certificate: there are secure TLSA records, but none is usable (RFC 7672 §2.2).</summary>
    Encrypt,

    /// <summary>TLS with a server that proves who it is.</summary>
    Authenticate,
}
