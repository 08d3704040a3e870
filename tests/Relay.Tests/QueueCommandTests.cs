using Mail.Security;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Storage.Sqlite;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

/// <summary>The queue as an operator reads it at night.</summary>
public sealed class QueueCommandTests : RelayTest
{
    [Fact]
    public async Task Queue_MailThatWaitsForDane_OneLineSaysWhichHostRecordAndCertificate()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.RetryDelays, "1h"));
        await stage.StartRelayAsync(Token);
        Assert.StartsWith("250", await SendAsync(await stage.Relay.ListeningAsync(Token), 1), StringComparison.Ordinal);
        await DemoStage.UntilAsync(async () => (await stage.Queue.ListAsync(Token)) is [{ Explanation.Length: > 0 }], Token);

        var (code, output, error) = await RelayProgram.RunAsync("", "queue", $"--Database={world.DatabaseFile}", "--Domain=waiting.example");
        var (one, all, _) = await RelayProgram.RunAsync("", "queue", $"--Database={world.DatabaseFile}", "--Message=1");
        var (none, nothing, _) = await RelayProgram.RunAsync("", "queue", $"--Database={world.DatabaseFile}", "--Domain=other.example");

        Assert.Equal((0, ""), (code, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches($@"^1 +waiting\.example +1 +1 +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ +4\.7\.5 mx\.waiting\.example: NoTlsaMatch: no TLSA record at _{world.Port}\._tcp\.mx\.waiting\.example matches: there is 3 1 1 [0-9a-f]{{16}}…, and the server has 3 1 1 [0-9a-f]{{16}}…, CN=mx\.waiting\.example\r?$", lines[1]);
        Assert.Equal(0, one);
        Assert.Contains("\n  attempt 1 to waiting.example: deferred", all, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^    host mx\.waiting\.example \(preference 10\): NoTlsaMatch: .* \[peer-rejected\]\r?$", all);
        Assert.Equal((0, "Nothing waits."), (none, nothing.TrimEnd()));
    }

    [Fact]
    public async Task Queue_ManyMessages_AllOfThem()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var path = Path.Combine(folder, "relay.db");
            await using (var database = new SqliteDatabase(new SqliteStoreOptions { Path = path }, NullLogger<SqliteDatabase>.Instance))
            {
                var store = new SqliteMailQueueStore(database);
                await Task.WhenAll(Enumerable.Range(0, 1201).Select(at => store.AddAsync(Message($"a@d{at}.example"), Token).AsTask()));
            }

            var (code, output, _) = await RelayProgram.RunAsync("", "queue", $"--Database={path}");
            var (gone, _, _) = await RelayProgram.RunAsync("", "queue", $"--Database={path}", "--Message=9999");

            Assert.Equal((0, 1202), (code, output.TrimEnd().Split('\n').Length));
            Assert.Contains("not tried yet", output, StringComparison.Ordinal);
            Assert.Equal(1, gone);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("there is no database", "--Database=no-such-relay.db")]
    [InlineData("is not the number of a message", "--Message=first")]
    [InlineData("is not a domain", "--Domain=a b")]
    public async Task Queue_WrongArguments_CodeTwo(string sentence, string argument)
    {
        var (code, output, error) = await RelayProgram.RunAsync("", "queue", argument);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    private static NewQueueMessage Message(string to) => new()
    {
        Received = DateTimeOffset.UnixEpoch,
        Content = new BytesContent("Subject: x\r\n\r\nx\r\n"u8.ToArray()),
        Envelope = new SmtpEnvelope { ReversePath = MailPath.Null, Recipients = [new SmtpRecipient(MailPath.Parse(to))] },
    };
}
