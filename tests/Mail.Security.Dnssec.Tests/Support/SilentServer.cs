using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Dnssec.Tests;

/// <summary>A server on loopback that only hears questions; when and in which order they are answered is the test's to say.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public SilentServer(int port = 0) => _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public async Task<HeardQuestion> HearAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[512];
        var got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
        return new([.. buffer[..got.ReceivedBytes]], (IPEndPoint)got.RemoteEndPoint);
    }

    public async Task<List<HeardQuestion>> HearAsync(int count, CancellationToken cancellationToken)
    {
        var heard = new List<HeardQuestion>();
        while (heard.Count < count)
            heard.Add(await HearAsync(cancellationToken));
        return heard;
    }

    /// <summary>Answers with one address that ends in the octet.</summary>
    public async Task AnswerAsync(HeardQuestion question, byte last, CancellationToken cancellationToken) =>
        await _socket.SendToAsync(question.Answer(last), SocketFlags.None, question.From, cancellationToken);

    public void Dispose() => _socket.Dispose();
}

/// <summary>A question as it came.</summary>
internal sealed record HeardQuestion(byte[] Query, IPEndPoint From)
{
    private const int OptLength = 11;

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Query);

    /// <summary>The first label of its name.</summary>
    public string Label => System.Text.Encoding.ASCII.GetString(Query, 13, Query[12]);

    public byte[] Answer(byte last) =>
        [.. Query[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. Query[12..^OptLength], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, last];
}
