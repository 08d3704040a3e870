using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>The names under which the DNS keeps what is known of addresses.</summary>
public static class ReverseName
{
    /// <summary>The name of an address, for <see cref="IDnssecResolver.GetPtrAsync"/>.</summary>
    /// <param name="address">The address; an IPv4 address that is mapped into IPv6 is that IPv4 address.</param>
    /// <returns>"1.2.0.192.in-addr.arpa" for 192.0.2.1 (RFC 1035 §3.5); for IPv6 its 32 hexadecimal digits, the last one first, below "ip6.arpa" (RFC 7208 §5.5).</returns>
    public static DomainName Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        Array.Reverse(bytes);
        return DomainName.Parse(bytes.Length == 4
            ? $"{string.Join('.', bytes)}.in-addr.arpa"
            : $"{string.Join('.', bytes.Select(static octet => $"{octet & 15:x}.{octet >> 4:x}"))}.ip6.arpa");
    }
}
