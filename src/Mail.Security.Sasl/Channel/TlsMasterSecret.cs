namespace Mail.Security.Sasl;

/// <summary>How a handshake of TLS 1.2 made its master secret.</summary>
public enum TlsMasterSecret : byte
{
    /// <summary>Unknown, or without the extension: two channels may have one secret, and so one binding.</summary>
    NotExtended = 0,

    /// <summary>With the extended master secret (RFC 7627 §4): the secret belongs to one handshake.</summary>
    Extended,
}
