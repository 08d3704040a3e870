namespace Mail.Security.Transports;

/// <summary>The least TLS version of a session.</summary>
public enum LeastTlsVersion : byte
{
    /// <summary>TLS 1.2: what everybody has at least.</summary>
    Tls12 = 0,

    /// <summary>TLS 1.3.</summary>
    Tls13,
}
