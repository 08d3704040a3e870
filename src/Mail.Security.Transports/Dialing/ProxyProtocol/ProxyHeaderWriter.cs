using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Security.Transports;

/// <summary>Writes PROXY headers, versions 1 and 2. Addresses that are not both known and of one family are not told.</summary>
internal static class ProxyHeaderWriter
{
    private const byte LocalCommand = 0x20;
    private const byte ProxyCommand = 0x21;

    public static byte[] Write(ProxyHeaderVersion version, ProxyHeaderCommand command, IPEndPoint? source, IPEndPoint? destination)
    {
        (source, destination) = (Unmap(source), Unmap(destination));
        var known = command == ProxyHeaderCommand.Proxy && source is not null && source.AddressFamily == destination?.AddressFamily;
        return version == ProxyHeaderVersion.V1
            ? Encoding.ASCII.GetBytes(known ? Line(source!, destination!) : "PROXY UNKNOWN\r\n")
            : known ? Block(source!, destination!) : [.. Signature, command == ProxyHeaderCommand.Proxy ? ProxyCommand : LocalCommand, 0, 0, 0];
    }

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static string Line(IPEndPoint source, IPEndPoint destination) => string.Create(CultureInfo.InvariantCulture,
        $"PROXY {(source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6")} {Text(source.Address)} {Text(destination.Address)} {source.Port} {destination.Port}\r\n");

    private static byte[] Block(IPEndPoint source, IPEndPoint destination)
    {
        var (from, to) = (source.Address.GetAddressBytes(), destination.Address.GetAddressBytes());
        byte[] header = [.. Signature, ProxyCommand, from.Length == 4 ? (byte)0x11 : (byte)0x21, 0, (byte)(2 * from.Length + 4), .. from, .. to, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 4), (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 2), (ushort)destination.Port);
        return header;
    }

    // Without the zone of a link-local address, which is ours and not the server's.
    private static string Text(IPAddress address) => new IPAddress(address.GetAddressBytes()).ToString();

    private static IPEndPoint? Unmap(IPEndPoint? end) => end is { Address.IsIPv4MappedToIPv6: true } ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;
}
