using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What a PROXY header says of the connection behind the proxy.</summary>
internal enum ProxyClient : byte
{
    /// <summary>There is a client, and the proxy does not say where.</summary>
    Unknown,

    /// <summary>There is a client at <see cref="ProxyHeader.Source"/>.</summary>
    Known,

    /// <summary>There is none: the proxy itself looks whether the server lives.</summary>
    Proxy,
}

/// <summary>The header of the PROXY protocol, versions 1 and 2, by which a load balancer tells whose connection it passes on.</summary>
/// <remarks>What is not exactly such a header is refused: who guesses here lets a client choose its own address.</remarks>
internal readonly record struct ProxyHeader(ProxyClient Client, IPEndPoint? Source, IPEndPoint? Destination)
{
    private const int MaxLine = 107;            // version 1, CRLF included
    private const int MaxBlock = 4096;          // version 2: addresses and what is skipped behind them
    private const int Fixed = 16;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header and moves the input behind it. Invalid is told as soon as a byte makes it so.</summary>
    public static ReadStatus TryRead(ref ReadOnlySequence<byte> input, out ProxyHeader header)
    {
        header = default;
        Span<byte> text = stackalloc byte[(int)Math.Min(input.Length, Fixed + MaxBlock)];
        input.Slice(0, text.Length).CopyTo(text);
        if (text.IsEmpty)
            return ReadStatus.NeedMoreData;
        var status = text[0] == Signature[0] ? TryReadBinary(text, out header, out var length) : TryReadLine(text, out header, out length);
        if (status == ReadStatus.Complete)
            input = input.Slice(length);
        return status;
    }

    private static ReadStatus TryReadLine(ReadOnlySpan<byte> text, out ProxyHeader header, out int length)
    {
        (header, length) = (default, 0);
        var start = "PROXY "u8;
        if (!text.StartsWith(start[..Math.Min(start.Length, text.Length)]))
            return ReadStatus.Invalid;
        var within = text[..Math.Min(text.Length, MaxLine)];
        var end = within.IndexOf("\r\n"u8);
        if (end < 0)
            return text.Length < MaxLine ? ReadStatus.NeedMoreData : ReadStatus.Invalid;
        length = end + 2;
        var words = Encoding.Latin1.GetString(within[..end]).Split(' ');
        header = words switch
        {
            [_, "UNKNOWN", ..] => new(ProxyClient.Unknown, null, null),
            [_, "TCP4", var from, var to, var fromPort, var toPort] => Known(AddressFamily.InterNetwork, from, to, fromPort, toPort),
            [_, "TCP6", var from, var to, var fromPort, var toPort] => Known(AddressFamily.InterNetworkV6, from, to, fromPort, toPort),
            _ => default,
        };
        return header.Client == ProxyClient.Known || words is [_, "UNKNOWN", ..] ? ReadStatus.Complete : ReadStatus.Invalid;
    }

    private static ReadStatus TryReadBinary(ReadOnlySpan<byte> text, out ProxyHeader header, out int length)
    {
        (header, length) = (default, 0);
        var signature = Signature;
        if (!text.StartsWith(signature[..Math.Min(signature.Length, text.Length)]))
            return ReadStatus.Invalid;
        if (text.Length < Fixed)
            return ReadStatus.NeedMoreData;
        var (command, family) = (text[12], text[13]);
        var size = BinaryPrimitives.ReadUInt16BigEndian(text[14..]);
        if (command is not (0x20 or 0x21) || size > MaxBlock)
            return ReadStatus.Invalid;
        if (text.Length < Fixed + size)
            return ReadStatus.NeedMoreData;
        length = Fixed + size;
        var block = text.Slice(Fixed, size);       // what stands behind the addresses is for others
        switch (command, family)
        {
            case (0x20, _):
                header = new(ProxyClient.Proxy, null, null);
                return ReadStatus.Complete;
            case (_, 0x00 or 0x31):                // no family, or a local socket: no address that could be told
                header = new(ProxyClient.Unknown, null, null);
                return ReadStatus.Complete;
            case (_, 0x11) when size >= 12:
                header = Known(block, 4);
                return ReadStatus.Complete;
            case (_, 0x21) when size >= 36:
                header = Known(block, 16);
                return ReadStatus.Complete;
            default:
                return ReadStatus.Invalid;
        }
    }

    private static ProxyHeader Known(ReadOnlySpan<byte> block, int width) => new(
        ProxyClient.Known,
        new IPEndPoint(new IPAddress(block[..width]), BinaryPrimitives.ReadUInt16BigEndian(block[(2 * width)..])),
        new IPEndPoint(new IPAddress(block.Slice(width, width)), BinaryPrimitives.ReadUInt16BigEndian(block[(2 * width + 2)..])));

    private static ProxyHeader Known(AddressFamily family, string from, string to, string fromPort, string toPort) =>
        AddressText.TryParse(family, from, out var source) && AddressText.TryParse(family, to, out var destination)
        && AddressText.TryParsePort(fromPort, out var sourcePort) && AddressText.TryParsePort(toPort, out var destinationPort)
            ? new(ProxyClient.Known, new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort))
            : default;
}
