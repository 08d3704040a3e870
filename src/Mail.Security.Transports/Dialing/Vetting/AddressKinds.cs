using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Transports;

/// <summary>Tells what an address is for.</summary>
public static class AddressKinds
{
    // The first match counts: exceptions stand before what they are part of.
    private static readonly (IPNetwork Network, AddressKind Kind)[] Networks =
    [
        .. Of(AddressKind.Unspecified, "0.0.0.0/8", "::/128"),
        .. Of(AddressKind.Loopback, "127.0.0.0/8", "::1/128"),
        .. Of(AddressKind.Private, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
        .. Of(AddressKind.LinkLocal, "169.254.0.0/16", "fe80::/10"),
        .. Of(AddressKind.Shared, "100.64.0.0/10"),
        .. Of(AddressKind.Multicast, "224.0.0.0/4", "ff00::/8"),
        .. Of(AddressKind.Documentation, "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        .. Of(AddressKind.Benchmark, "198.18.0.0/15", "2001:2::/48"),
        // protocol assignments, the relays of 6to4, future use and broadcast; NAT64 of one site, whose form cannot be told
        .. Of(AddressKind.Reserved, "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "2001::/23"),
        .. Of(AddressKind.Public, "0.0.0.0/0", "2000::/3"),
    ];

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");

    /// <summary>Tells what an address is for. An IPv6 address that leads to an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is what that one is.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The kind.</returns>
    public static AddressKind Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var inner = Unwrap(address);
        foreach (var (network, kind) in Networks)
        {
            if (network.Contains(inner))
                return kind;
        }
        return AddressKind.Reserved;
    }

    /// <summary>The IPv4 address an IPv6 address leads to, or the address itself.</summary>
    internal static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes().AsSpan();
        if (Nat64.Contains(address) || IsCompatible(address))
            return new IPAddress(bytes[12..]);
        if (SixToFour.Contains(address))
            return new IPAddress(bytes[2..6]);
        if (Teredo.Contains(address))
            return new IPAddress([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]]);
        return bytes[8..12].SequenceEqual((byte[])[0, 0, 0x5e, 0xfe]) || bytes[8..12].SequenceEqual((byte[])[2, 0, 0x5e, 0xfe]) ? OfIsatap(address, bytes) : address;
    }

    // A compatible address is deprecated, but :: and ::1 have that form and are none.
    private static bool IsCompatible(IPAddress address) =>
        Compatible.Contains(address) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback);

    // The IPv4 address is one of the same site: a private one behind a public prefix leads into that site, a prefix that is itself special stays so.
    private static IPAddress OfIsatap(IPAddress address, ReadOnlySpan<byte> bytes) => (bytes[0] & 0xe0) == 0x20 ? new IPAddress(bytes[12..]) : address;

    private static IEnumerable<(IPNetwork Network, AddressKind Kind)> Of(AddressKind kind, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), kind));
}
