namespace Mail.Security.Testing;

/// <summary>How the test servers write the names in their answers.</summary>
public enum DnsNameCompression : byte
{
    /// <summary>
    /// As real servers do: what stands in the message already is pointed to (RFC 1035 §4.1.4), in owners and in the data of the types of RFC 1035 §3.3.
    /// All other data, signatures and DNAME records among it, has its names whole (RFC 4034 §3.1.7, RFC 6672 §2.5).
    /// </summary>
    Usual,

    /// <summary>Every name is whole.</summary>
    None,
}
