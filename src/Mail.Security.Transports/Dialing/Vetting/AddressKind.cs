namespace Mail.Security.Transports;

/// <summary>What an address is for, as IANA's registries of special-purpose addresses say.</summary>
public enum AddressKind : byte
{
    /// <summary>Set aside for something that is no host of the Internet, and named by no other kind; also what is no IP address of versions 4 and 6.</summary>
    Reserved = 0,

    /// <summary>A host of the Internet.</summary>
    Public,

    /// <summary>No address: 0.0.0.0/8 and ::.</summary>
    Unspecified,

    /// <summary>This host: 127.0.0.0/8 and ::1.</summary>
    Loopback,

    /// <summary>Private networks: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7 and fec0::/10.</summary>
    Private,

    /// <summary>One link: 169.254.0.0/16 and fe80::/10.</summary>
    LinkLocal,

    /// <summary>Shared by the customers of a provider: 100.64.0.0/10.</summary>
    Shared,

    /// <summary>Groups: 224.0.0.0/4 and ff00::/8.</summary>
    Multicast,

    /// <summary>Examples: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32 and 3fff::/20.</summary>
    Documentation,

    /// <summary>Measurements: 198.18.0.0/15 and 2001:2::/48.</summary>
    Benchmark,
}
