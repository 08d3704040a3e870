using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Interop.Tests;

/// <summary>Asks a resolver as a stub does that believes it: RD, DO, and CD where the records are wanted whatever they are worth (RFC 4035 §3.2.2).</summary>
internal sealed class StubClient(IPEndPoint server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public async Task<StubAnswer> AskAsync(string name, int type, Checking checking, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var query = Write(name, type, checking);
        var answer = StubAnswer.Read(await ByDatagramAsync(query, limit.Token));
        return answer.IsTruncated ? StubAnswer.Read(await ByStreamAsync(query, limit.Token)) : answer;
    }

    private static byte[] Write(string name, int type, Checking checking)
    {
        byte[] labels = name == "." ? [] : [.. name.Split('.').SelectMany(static label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length))];
        return
        [
            0x4D, 0x53, 1, (byte)(checking == Checking.Disabled ? 0x10 : 0), 0, 1, 0, 0, 0, 0, 0, 1,
            .. labels, 0, (byte)(type >> 8), (byte)type, 0, 1,
            0, 0, 41, 0x10, 0, 0, 0, 0x80, 0, 0, 0,
        ];
    }

    // Who has just been started is not there yet: refused is asked again.
    private async Task<byte[]> ByDatagramAsync(byte[] query, CancellationToken cancellationToken)
    {
        var buffer = new byte[ushort.MaxValue];
        while (true)
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                await socket.ConnectAsync(server, cancellationToken);
                await socket.SendAsync(query, SocketFlags.None, cancellationToken);
                return buffer[..await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)];
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private async Task<byte[]> ByStreamAsync(byte[] query, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(server.AddressFamily);
        await client.ConnectAsync(server, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query], cancellationToken);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return message;
    }
}

/// <summary>Whether the resolver is to validate before it answers.</summary>
internal enum Checking
{
    Wanted,
    Disabled,
}
