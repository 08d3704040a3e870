using System.Net;
using System.Net.Sockets;
using System.Text;
using Relay.Configuration;
using Relay.Demo;

namespace Relay.Tests;

/// <summary>What tests of a running relay share: a limit on every wait, and words to speak with it.</summary>
public abstract class RelayTest : IDisposable
{
    private readonly CancellationTokenSource _limit = RelayProgram.NewLimit();

    private protected CancellationToken Token => _limit.Token;

    public void Dispose()
    {
        _limit.Dispose();
        GC.SuppressFinalize(this);
    }

    // Sends one message of so many lines in the clear, and gives the reply to it.
    private protected async Task<string> SendAsync(IPEndPoint relay, int lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(relay, Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await client.GetStream().WriteAsync("EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<a@waiting.example>\r\nDATA\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "354");
        var line = new string('x', 70) + "\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"Subject: x\r\n\r\n{string.Concat(Enumerable.Repeat(line, lines))}.\r\n"), Token);
        return await reader.ReadLineAsync(Token) ?? "closed";
    }

    private protected static DemoStage Stage(DemoWorld world, params (Setting Setting, string Value)[] changes) =>
        new(world) { Program = RelayProgram.Path, Changes = changes.ToDictionary(change => change.Setting, change => change.Value) };

    private protected async Task UntilAsync(StreamReader reader, string start)
    {
        while (!(await reader.ReadLineAsync(Token) ?? throw new IOException($"closed before {start}")).StartsWith(start, StringComparison.Ordinal))
        {
        }
    }

    // A signal that is ignored where the tests were started, as under nohup, is ignored by every process below.
    private protected static void RequireHangups()
    {
        const string Field = "SigIgn:";
        var ignored = File.ReadLines("/proc/self/status").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        Assert.SkipWhen((Convert.ToUInt64(ignored[Field.Length..].Trim(), 16) & 1) != 0, "SIGHUP is ignored here, as under nohup");
    }
}
