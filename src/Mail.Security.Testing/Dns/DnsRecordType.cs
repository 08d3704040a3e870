namespace Mail.Security.Testing;

/// <summary>The record types a test can raise; the values are those of the wire.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>No type; never found.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server.</summary>
    Ns = 2,

    /// <summary>An alias.</summary>
    Cname = 5,

    /// <summary>The start of a zone of authority; the server makes one by itself for denials.</summary>
    Soa = 6,

    /// <summary>A name of an address.</summary>
    Ptr = 12,

    /// <summary>A mail exchanger.</summary>
    Mx = 15,

    /// <summary>A text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>The place of a service.</summary>
    Srv = 33,

    /// <summary>A delegation signer (RFC 4034 §5).</summary>
    Ds = 43,

    /// <summary>A key of a zone (RFC 4034 §2).</summary>
    Dnskey = 48,

    /// <summary>A TLSA record (RFC 6698 §2).</summary>
    Tlsa = 52,
}
