namespace Mail.Security.Testing;

/// <summary>How a question reached the test server.</summary>
public enum DnsTransport : byte
{
    /// <summary>As a datagram.</summary>
    Udp,

    /// <summary>Over a connection.</summary>
    Tcp,
}
