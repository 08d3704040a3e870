using System.Net;

namespace Mail.Security.Hosting;

/// <summary>Whose address an address is: cut to the length that one client has, and to that of its network.</summary>
internal sealed class AddressPrefixes(SmtpListenerOptions options)
{
    // Clients of IPv4 only that come through a translator (NAT64): the last four bytes are theirs.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private readonly int _addressV6 = options.IPv6ClientPrefix;
    private readonly int _networkV4 = options.IPv4NetworkPrefix;
    private readonly int _networkV6 = options.IPv6NetworkPrefix;

    /// <summary>One client: an IPv4 address, or what stands for one in IPv6, where a host has a whole network to connect from.</summary>
    public IPAddress Client(IPAddress? address) => Cut(address, 32, _addressV6);

    /// <summary>The network a client belongs to.</summary>
    public IPAddress Network(IPAddress? address) => Cut(address, _networkV4, _networkV6);

    // Clients without an address are as one: what is not known gets no more than what is.
    private static IPAddress Cut(IPAddress? address, int lengthV4, int lengthV6)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        bytes = Nat64.Contains(address) ? bytes[12..] : bytes[..count];
        var length = bytes.Length == 4 ? lengthV4 : lengthV6;
        for (var index = 0; index < bytes.Length; index++)
        {
            var kept = Math.Clamp(length - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF << (8 - kept));
        }
        return new IPAddress(bytes);        // without the scope of a link-local address
    }
}
