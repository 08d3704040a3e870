using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Dnssec;

/// <summary>One question over UDP: a socket, and so a source port, of its own for each, so that whoever would answer in the server's name has to guess it (RFC 1035 §4.2.1).</summary>
internal static class DatagramExchange
{
    // Above what we ask for: a server that sends more than it was told is still understood.
    public const int MaxDatagram = 4096;

    // Somebody is guessing, or the server talks to somebody else: no use in listening further.
    public const int MaxStrangers = 32;

    /// <summary>Asks, and listens until a message that answers the question comes; null when only others came, too many of them.</summary>
    /// <param name="server">The server; datagrams from elsewhere never reach us, the socket is connected.</param>
    /// <param name="query">The question as octets.</param>
    /// <param name="question">The question.</param>
    /// <param name="strangers">Told of each message that belongs to another question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<(MessageFault Fault, DnsMessage? Message)> AskAsync(IPEndPoint server, byte[] query, Question question, StrangerCount strangers, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        var id = QueryWriter.IdOf(query);
        var buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram);
        while (strangers.Count < MaxStrangers)
        {
            var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            var fault = DnsMessageReader.Read(buffer.AsMemory(0, length), question, id, out var message);
            if (fault != MessageFault.Mismatched)
                return (fault, message);
            strangers.Count++;
        }
        return (MessageFault.Mismatched, null);
    }
}
