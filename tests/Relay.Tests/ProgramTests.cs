using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security;
using Mail.Security.Testing;
using Microsoft.Data.Sqlite;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

public sealed class ProgramTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_BadConfiguration_SaysWhyAndExitsWith2()
    {
        var (code, output, error) = await RelayProgram.RunAsync(new Dictionary<string, string> { ["RELAY_DeliveryPort"] = "none" }, "--Bogus", "1", "--Networks=10");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            ["Relay: Bogus: there is no such setting; 'help' lists them.",
             "Relay: Networks: '10' is not a network such as 192.0.2.0/24 or 2001:db8::/32.",
             "Relay: DeliveryPort: 'none' is not a whole number from 1 to 65535."],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("fly", "'fly' is not understood")]
    [InlineData("demo --HostName=x", "demo takes no settings")]
    [InlineData("--config /no/such/file.json", "The configuration file cannot be read")]
    public async Task Run_BadCommandLine_SaysWhyAndExitsWith2(string arguments, string sentence)
    {
        var (code, _, error) = await RelayProgram.RunAsync(NoEnvironment, arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ListsEverySetting()
    {
        var (code, output, _) = await RelayProgram.RunAsync(NoEnvironment, "help");

        Assert.Equal(0, code);
        Assert.All(Settings.All, setting => Assert.Contains($"  {setting.Key} [{setting.Default}]", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AddressInUse_SaysWhichAndExitsWith1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var database = Path.Combine(Path.GetTempPath(), $"relay-{Guid.NewGuid():N}.db");
        try
        {
            var (code, _, error) = await RelayProgram.RunAsync(NoEnvironment, $"--Smtp={taken.LocalEndpoint}", "--Submission=", $"--Database={database}");

            Assert.Equal(1, code);
            Assert.Contains($"Relay cannot start: Cannot listen for SMTP on {taken.LocalEndpoint}", error, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(database) + "*"))
                File.Delete(file);
        }
    }

    [Fact]
    public async Task Sigterm_InTheMiddleOfADelivery_GivesTheLeaseBack()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        var host = Hosts.DaneEe("stalling.example");
        host.Behaviour.On(SmtpPeerMoment.Data, new SmtpPeerAction.Stall());
        await using var world = await DemoWorld.RaiseAsync(authority, [host]);
        await using var stage = Stage(world, (Settings.StopTimeout, "200ms"), (Settings.Lease, "1h"));
        var submission = await stage.StartRelayAsync(Token);
        await submission.SendAsync(host.Domain, TlsDemand.Default, "", Token);
        await DemoStage.UntilAsync(() => Task.FromResult(world.Peer(host.Domain).Connections is [var first, ..] && first.Commands.Contains("DATA")), Token);

        var code = await stage.Relay.StopAsync();

        var entry = await stage.Queue.FindAsync(host.Domain, Token);
        Assert.Equal((0, 1, (string?)null), (code, entry!.Attempts, entry.LeaseOwner));
    }

    [Fact]
    public async Task Sigterm_InTheMiddleOfAMessage_TakesItWhole()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world);
        await stage.StartRelayAsync(Token);
        using var client = new TcpClient();
        await client.ConnectAsync(await stage.Relay.ListeningAsync(Token), Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await client.GetStream().WriteAsync("EHLO c.example\r\n"u8.ToArray(), Token);
        await client.GetStream().WriteAsync("MAIL FROM:<>\r\nRCPT TO:<a@waiting.example>\r\nDATA\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "354");
        await client.GetStream().WriteAsync("Subject: x\r\n\r\nhal"u8.ToArray(), Token);

        var stopping = stage.Relay.StopAsync();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("SmtpListener", 1801).Count > 0), Token);
        await client.GetStream().WriteAsync("f\r\n.\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "250 2.0.0 queued");
        await UntilAsync(reader, "421 4.3.2");

        Assert.Equal(0, await stopping);
        Assert.NotNull(await stage.Queue.FindAsync("waiting.example", Token));
    }

    [Fact]
    public async Task Kill_AfterManyAcceptances_LosesNone()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.RetryDelays, "1h"));
        var submission = await stage.StartRelayAsync(Token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => submission.SendAsync("waiting.example", TlsDemand.Default, "", Token)));

        await stage.Relay.KillAsync();

        Assert.Equal(20, (await stage.Queue.ListAsync(Token)).Count);
        await stage.StartRelayAsync(Token);
        var code = await stage.Relay.StopAsync();
        Assert.True(code == 0, $"exit code {code}\n{string.Join('\n', stage.Journal.Tail)}");
        Assert.Equal(20, (await stage.Queue.ListAsync(Token)).Count);
    }

    [Fact]
    public async Task Database_LockedByAnother_Is451AndNothingIsLost()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.RetryDelays, "1h"));
        await stage.StartRelayAsync(Token);
        var relay = await stage.Relay.ListeningAsync(Token);
        await using (var other = new SqliteConnection($"Data Source={world.DatabaseFile};Pooling=False"))
        {
            await other.OpenAsync(Token);
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync(Token);

            Assert.StartsWith("451 4.3.0", await SendAsync(relay, 10), StringComparison.Ordinal);
        }
        Assert.StartsWith("250 2.0.0", await SendAsync(relay, 10), StringComparison.Ordinal);
        Assert.Single(await stage.Queue.ListAsync(Token));
    }

    [Fact]
    public async Task Database_Full_Is452AndWhatWasAcceptedIsThere()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.RetryDelays, "1h"), (Settings.MaxDatabaseSize, "1048576"));
        await stage.StartRelayAsync(Token);
        var relay = await stage.Relay.ListeningAsync(Token);

        var (accepted, reply) = (0, "");
        while ((reply = await SendAsync(relay, 3000)).StartsWith("250", StringComparison.Ordinal))
            accepted++;

        Assert.StartsWith("452 4.3.1", reply, StringComparison.Ordinal);
        Assert.InRange(accepted, 1, 20);
        Assert.StartsWith("452 4.3.1", await SendAsync(relay, 3000), StringComparison.Ordinal);
        Assert.Equal(accepted, (await stage.Queue.ListAsync(Token)).Count);
        Assert.Equal(0, await stage.Relay.StopAsync());
    }

    // Sends one message of so many lines in the clear, and gives the reply to it.
    private static async Task<string> SendAsync(IPEndPoint relay, int lines)
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

    private static DemoStage Stage(DemoWorld world, params (Setting Setting, string Value)[] changes) =>
        new(world) { Program = RelayProgram.Path, Changes = changes.ToDictionary(change => change.Setting, change => change.Value) };

    private static async Task UntilAsync(StreamReader reader, string start)
    {
        while (!(await reader.ReadLineAsync(Token) ?? throw new IOException($"closed before {start}")).StartsWith(start, StringComparison.Ordinal))
        {
        }
    }
}
