using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Interop.Tests;

/// <summary>Says to a server what it is told to, byte for byte: how a letter gets into a client that is a server itself.</summary>
internal static class RawClient
{
    /// <summary>Hands over one letter and fails unless it is taken.</summary>
    public static async Task SubmitAsync(IPEndPoint server, string mail, IEnumerable<string> recipients, Letter letter)
    {
        var token = TestContext.Current.CancellationToken;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, token);
        await using var stream = new NetworkStream(socket);
        using var replies = new StreamReader(stream, Encoding.ASCII);
        await ReadAsync(replies, '2', token);
        foreach (var command in (string[])["EHLO client.test", mail, .. recipients, "DATA"])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), token);
            await ReadAsync(replies, command == "DATA" ? '3' : '2', token);
        }
        await stream.WriteAsync(Stuffed(letter.Content), token);
        await ReadAsync(replies, '2', token);
        await stream.WriteAsync("QUIT\r\n"u8.ToArray(), token);
        await ReadAsync(replies, '2', token);
    }

    /// <summary>The same in one text, for a client that reads SMTP from its standard input.</summary>
    public static byte[] Script(string mail, IEnumerable<string> recipients, Letter letter) =>
    [
        .. Encoding.UTF8.GetBytes(string.Concat(((string[])["EHLO client.test", mail, .. recipients, "DATA"]).Select(line => line + "\r\n"))),
        .. Stuffed(letter.Content),
        .. "QUIT\r\n"u8,
    ];

    /// <summary>The content with its dots doubled, and the final dot.</summary>
    public static byte[] Stuffed(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        return Encoding.Latin1.GetBytes(("\r\n" + text).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".\r\n");
    }

    private static async Task ReadAsync(StreamReader replies, char expected, CancellationToken cancellationToken)
    {
        string? line;
        do
            line = await replies.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        while (line is { Length: > 3 } && line[3] == '-');
        if (line is null || line[0] != expected)
            throw new InvalidOperationException($"refused: {line}");
    }
}
