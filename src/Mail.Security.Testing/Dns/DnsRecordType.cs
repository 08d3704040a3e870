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

    /// <summary>A kind of machine and of system.</summary>
    Hinfo = 13,

    /// <summary>A mail exchanger.</summary>
    Mx = 15,

    /// <summary>A text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>A service and its host.</summary>
    Srv = 33,

    /// <summary>A rule that rewrites names.</summary>
    Naptr = 35,

    /// <summary>Another name for everything below a name (RFC 6672 §2.1).</summary>
    Dname = 39,

    /// <summary>The digest of a key of the zone below (RFC 4034 §5).</summary>
    Ds = 43,

    /// <summary>A signature (RFC 4034 §3).</summary>
    Rrsig = 46,

    /// <summary>What exists at a name, and the next name (RFC 4034 §4).</summary>
    Nsec = 47,

    /// <summary>A key of a zone (RFC 4034 §2).</summary>
    Dnskey = 48,

    /// <summary>What exists at a hashed name, and the next hash (RFC 5155 §3).</summary>
    Nsec3 = 50,

    /// <summary>How a zone hashes names (RFC 5155 §4).</summary>
    Nsec3Param = 51,

    /// <summary>A TLSA record (RFC 6698 §2).</summary>
    Tlsa = 52,
}
