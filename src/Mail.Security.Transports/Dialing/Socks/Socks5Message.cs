using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Mail.Security.Transports;

/// <summary>What a SOCKS client says (RFC 1928, RFC 1929).</summary>
internal static class Socks5Message
{
    public const byte Version = 5;
    public const byte LoginVersion = 1;
    public const byte NoLogin = 0;
    public const byte NameAndPassword = 2;
    public const byte NoMethod = 0xff;
    public const byte IPv4 = 1;
    public const byte Domain = 3;
    public const byte IPv6 = 4;

    private const byte Connect = 1;

    /// <summary>The methods on offer (RFC 1928 §3). The one that says who we are comes first, for proxies that take the first they know.</summary>
    public static byte[] Methods(Socks5Credentials? credentials) =>
        credentials is null ? [Version, 1, NoLogin] : [Version, 2, NameAndPassword, NoLogin];

    /// <summary>The login (RFC 1929 §2).</summary>
    public static byte[] Login(Socks5Credentials credentials) =>
        [LoginVersion, (byte)credentials.Name.Length, .. credentials.Name, (byte)credentials.Password.Length, .. credentials.Password];

    /// <summary>The request to connect to an address (RFC 1928 §4, §5).</summary>
    public static byte[] Request(IPEndPoint target)
    {
        var address = target.Address.IsIPv4MappedToIPv6 ? target.Address.MapToIPv4() : target.Address;
        var bytes = address.GetAddressBytes();
        return Request(bytes.Length == 4 ? IPv4 : IPv6, bytes, target.Port);
    }

    /// <summary>The request to connect to a name, which has at most 253 bytes.</summary>
    public static byte[] Request(DomainName host, int port)
    {
        var name = Encoding.ASCII.GetBytes(host.Ascii);
        return Request(Domain, [(byte)name.Length, .. name], port);
    }

    private static byte[] Request(byte type, ReadOnlySpan<byte> address, int port)
    {
        byte[] request = [Version, Connect, 0, type, .. address, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(request.Length - 2), (ushort)port);
        return request;
    }
}
