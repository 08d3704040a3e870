using System.Net.Sockets;
using System.Text;

namespace Relay.Demo.Cases;

/// <summary>Commands in clear behind STARTTLS, as somebody on the way would put them there (RFC 3207 §4): the relay must not carry them into TLS.</summary>
internal sealed class ClientInjectionCase : DemoCase
{
    public override string Name => "Plaintext injected behind a client's STARTTLS";

    public override string Expected => "refused 503 5.5.1 and closed before TLS, nothing queued";

    public override async Task<string> SeeAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(await stage.Relay.ListeningAsync(cancellationToken), cancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await reader.ReadLineAsync(cancellationToken);
        await stream.WriteAsync("EHLO client.example\r\n"u8.ToArray(), cancellationToken);
        while (await reader.ReadLineAsync(cancellationToken) is ['2', '5', '0', '-', ..])
        {
        }
        await stream.WriteAsync("STARTTLS\r\nMAIL FROM:<mallory@sender.example>\r\nRCPT TO:<victim@dane-ee.example>\r\n"u8.ToArray(), cancellationToken);
        var reply = await reader.ReadLineAsync(cancellationToken);
        var rest = await RestAsync(reader, cancellationToken);
        var queued = (await stage.Queue.ListAsync(cancellationToken)).Any(entry => entry.ReversePath.LocalPart == "mallory");
        return $"refused {reply?[..Math.Min(9, reply.Length)]} {(rest.Length == 0 ? "and closed before TLS" : "and went on")}, {(queued ? "a message was queued" : "nothing queued")}";
    }

    // A connection that is reset instead of closed is closed all the same.
    private static async Task<string> RestAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
