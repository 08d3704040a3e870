using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Dnssec;

/// <summary>One question over TCP (RFC 1035 §4.2.2, RFC 7766 §5).</summary>
internal static class StreamExchange
{
    public static async ValueTask<(MessageFault Fault, DnsMessage? Message)> AskAsync(IPEndPoint server, byte[] query, Question question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        await stream.WriteAsync(Framed(query), cancellationToken).ConfigureAwait(false);

        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, cancellationToken).ConfigureAwait(false);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];       // the prefix is the limit: 64 KiB
        await stream.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);
        return (DnsMessageReader.Read(message, question, QueryWriter.IdOf(query), out var read), read);
    }

    // RFC 7766 §8: length and message in one write.
    private static byte[] Framed(byte[] query)
    {
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        return framed;
    }
}
