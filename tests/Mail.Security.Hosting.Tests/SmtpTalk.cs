using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Security.Hosting.Tests;

/// <summary>Speaks SMTP line by line, as one would with telnet.</summary>
internal sealed class SmtpTalk(Stream stream, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly StreamReader _reader = new(stream, Encoding.Latin1);

    public static async Task<SmtpTalk> ConnectAsync(EndPoint end, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(end, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new SmtpTalk(new NetworkStream(socket, ownsSocket: true), cancellationToken);
    }

    /// <summary>Sends a line (or several) and reads the whole reply.</summary>
    public async Task<string> SayAsync(string line)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), cancellationToken);
        return await ExpectAsync("");
    }

    public async Task<string> ExpectAsync(string start)
    {
        var reply = new StringBuilder();
        string line;
        do
        {
            line = await _reader.ReadLineAsync(cancellationToken) ?? throw new IOException("closed");
            reply.Append(reply.Length > 0 ? "\n" : "").Append(line);
        }
        while (line.Length > 3 && line[3] == '-');
        Assert.StartsWith(start, reply.ToString(), StringComparison.Ordinal);
        return reply.ToString();
    }

    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return await _reader.ReadLineAsync(cancellationToken) is null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await stream.DisposeAsync();
    }
}
