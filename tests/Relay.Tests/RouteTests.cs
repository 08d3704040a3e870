using Mail.Security;
using Mail.Security.Testing;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

/// <summary>Transports, routes and destinations of a running relay: the process itself, its file and its signals.</summary>
public sealed class RouteTests : RelayTest
{
    private const string Routed = "routed.example";

    [Fact]
    [Trait("rfc", "4954#4")]
    public async Task Route_ToASubmissionServer_LogsInAndAReloadKeepsTheConnection()
    {
        RequireHangups();
        await using var set = await Set.RaiseAsync(Token);
        set.Write(set.Provider(Routed));
        await using var stage = set.Stage();
        var submission = await stage.StartRelayAsync(Token);
        await submission.SendAsync(Routed, TlsDemand.Default, "", Token);
        await set.DeliveredAsync(1, Token);
        // the attempt is explained when it is over, and its connection kept
        var way = $"by provider (submission {TestProvider.Name}:{set.Server.Port}): global route 1: recipients {Routed}";
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Explanation(Routed)?.Contains(way, StringComparison.Ordinal) == true), Token);

        stage.Relay.Hangup();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("RouteService", 6).Count >= 2), Token);
        await submission.SendAsync(Routed, TlsDemand.Default, "", Token);
        await set.DeliveredAsync(2, Token);

        Assert.All(set.Server.Messages, static message => Assert.Equal((TestProvider.Account, $"recipient@{Routed}"), (message.Account, message.Recipient)));
        Assert.Equal(set.Server.Messages[0].Session, set.Server.Messages[1].Session);
        Assert.DoesNotContain(stage.Journal.Tail, static line => line.Contains(TestProvider.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Route_ToFail_ReturnsTheMessageWithItsText()
    {
        await using var set = await Set.RaiseAsync(Token);
        set.Write("""{ "Transports": { "no": { "Kind": "Fail", "Code": 550, "Status": "5.1.8", "Text": "Nobody writes there" } }, "Routes": { "Global": [ { "Recipients": ".routed.example", "Transport": "no" } ] } }""");
        await using var stage = set.Stage();
        var submission = await stage.StartRelayAsync(Token);

        await submission.SendAsync(Routed, TlsDemand.Default, "", Token);
        await DemoStage.UntilAsync(() => Task.FromResult(set.World.Peer(Hosts.SenderDomain).Connections.Any(static peer => peer.Messages.Count > 0)), Token);

        var notice = set.World.Peer(Hosts.SenderDomain).Connections.SelectMany(static peer => peer.Messages).First().Text;
        Assert.Contains("Nobody writes there", notice, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.8", notice, StringComparison.Ordinal);
        Assert.Null(await stage.Queue.FindAsync(Routed, Token));
    }

    [Fact]
    public async Task File_Changed_IsFollowedAndWrongOnesAreNot()
    {
        await using var set = await Set.RaiseAsync(Token);
        set.Write("{ }");
        await using var stage = set.Stage();
        var submission = await stage.StartRelayAsync(Token);
        Assert.Equal("Routes in force: transports direct; 0 routes; 0 destination policies", stage.Journal.Messages("RouteService", 6)[0]);

        set.Write(set.Provider(Routed));
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("RouteService", 6).Any(static line => line.Contains("direct, provider; 1 routes", StringComparison.Ordinal))), Token);
        await submission.SendAsync(Routed, TlsDemand.Default, "", Token);
        await set.DeliveredAsync(1, Token);

        set.Write("""{ "Transports": { "provider": { "Kind": "Submission" } }, "Routes": { "Global": [ { "Transport": "gone" } ] }, "Destinations": [ { "Domains": "a b" } ], "Bogus": 1 }""");
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("RouteService", 7).Any(static line => line.Contains("Bogus: there is no such setting", StringComparison.Ordinal))), Token);
        set.Write("""{ "Transports": { "provider": { "Kind": "Submission" } }, "Routes": { "Global": [ { "Transport": "gone" } ] } }""");
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("RouteService", 7).Any(static line =>
            line.Contains("Transports:provider:Host: it is needed. Routes:Global:0:Transport: there is no transport 'gone', only direct, provider.", StringComparison.Ordinal))), Token);
        await submission.SendAsync(Routed, TlsDemand.Default, "", Token);
        await set.DeliveredAsync(2, Token);
    }

    [Fact]
    public async Task Start_WrongSections_ASentenceEachAndExitCode2()
    {
        await using var set = await Set.RaiseAsync(Token);
        set.Write("""{ "Transports": { "a": { "Kind": "Pigeon" }, "b": { "Kind": "Socks", "HelloName": "b.example", "Proxies": [ { "Name": "x y", "Host": "192.0.2.1" } ] } }, "Routes": { "Global": [ { "Transport": "gone" } ] }, "Destinations": [ { "Rate": "1" } ] }""");

        var (code, output, error) = await RelayProgram.RunAsync("", "--config", set.File, $"--Database={set.World.DatabaseFile}", "--MaxHostSessions=0");

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            ["Relay: MaxHostSessions: '0' is not a whole number from 1 to 100000.",
             "Relay: Transports:a:Kind: 'Pigeon' is none of Direct, Smarthost, Submission, Socks, Fail.",
             "Relay: Destinations:0:Rate: '1' is not a rate such as 100/1h: 1 to 100000 messages in a time of at most a day.",
             "Relay: Destinations:0:Domains: at least one domain is needed.",
             "Relay: Transports:b:Proxies:0:Name: the name of a proxy has 1 to 64 letters, digits, hyphens, underscores and dots, the first a letter or digit.",
             "Relay: Routes:Global:0:Transport: there is no transport 'gone', only a, b, direct."],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries).OrderBy(static line => Array.FindIndex(Order, start => line.Contains(start, StringComparison.Ordinal))));
    }

    private static readonly string[] Order = ["MaxHostSessions", "Transports:a", "0:Rate", "0:Domains", "Transports:b", "Routes"];

    [Fact]
    public async Task Transport_SetOnAQueuedMessage_HoldsFromTheNextAttempt()
    {
        await using var set = await Set.RaiseAsync(Token);
        set.Write(set.Provider("other.example"));
        await using var stage = set.Stage((Settings.RetryDelays, "2s"));
        var submission = await stage.StartRelayAsync(Token);
        await submission.SendAsync("waiting.example", TlsDemand.Default, "", Token);
        await DemoStage.UntilAsync(async () => await stage.Queue.FindAsync("waiting.example", Token) is { Attempts: > 0 }, Token);
        var message = (await stage.Queue.FindAsync("waiting.example", Token))!.MessageId;

        Assert.Equal((2, $"Relay: there is no transport 'gone', only direct, provider.\n"), await CommandAsync(set, $"{message}", "gone"));
        Assert.Equal((1, $"Relay: message 999999 is not in the queue.\n"), await CommandAsync(set, "999999", "provider"));
        Assert.Equal((2, "Relay: --Name is needed: the name of a transport, or none to leave the message to the routes.\n"), await CommandAsync(set, $"{message}", ""));
        Assert.Equal((2, "Relay: --Message is needed: the number of a message, as 'queued as' told it to its client.\n"), await CommandAsync(set, "all", "provider"));
        Assert.Equal((0, $"Message {message} goes as the routes say, from its next attempt on.\n"), await CommandAsync(set, $"{message}", "none"));
        Assert.Equal((0, $"Message {message} goes by provider, from its next attempt on.\n"), await CommandAsync(set, $"{message}", "provider"));

        await set.DeliveredAsync(1, Token);
        // the host has the message before the attempt is explained
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Explanation("waiting.example")!.Contains("by provider", StringComparison.Ordinal)), Token);
    }

    private static async Task<(int Code, string Said)> CommandAsync(Set set, string message, string name)
    {
        var (code, output, error) = await RelayProgram.RunAsync("", "transport", "--config", set.File, $"--Database={set.World.DatabaseFile}", $"--Message={message}", $"--Name={name}");
        return (code, output + error);
    }

    /// <summary>A world with a provider, and the file of a relay in it.</summary>
    private sealed class Set : IAsyncDisposable
    {
        private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

        public DemoWorld World { get; private set; } = null!;

        public TestProvider Server { get; private set; } = null!;

        public string File => Path.Combine(World.Folder, "routes.json");

        public static async Task<Set> RaiseAsync(CancellationToken cancellationToken)
        {
            var set = new Set();
            set.World = await DemoWorld.RaiseAsync(set._authority, [Hosts.Sender(), Hosts.TlsaMismatch(set._authority, "waiting.example")]);
            set.World.Dns.AddZone("provider.example", Mail.Security.Dnssec.DnsSecurity.Insecure).AddAddress(TestProvider.Name, "127.0.0.1");
            set.Server = await TestProvider.StartAsync(set._authority, set.World.Folder, cancellationToken);
            CredentialTests.Keep(Path.Combine(set.World.Folder, "password"), TestProvider.Password + "\n");
            return set;
        }

        /// <summary>Renamed into its place, as an editor does.</summary>
        public void Write(string json)
        {
            System.IO.File.WriteAllText(File + ".new", json);
            System.IO.File.Move(File + ".new", File, overwrite: true);
        }

        public string Provider(string domain) => $$"""
            {
              "Transports": { "provider": { "Kind": "Submission", "Host": "{{TestProvider.Name}}", "Port": {{Server.Port}}, "UserName": "{{TestProvider.Account}}", "PasswordFile": "{{World.Folder}}/password" } },
              "Routes": { "Global": [ { "Recipients": "{{domain}}", "Transport": "provider" } ] }
            }
            """;

        public DemoStage Stage(params (Setting Setting, string Value)[] changes) =>
            new(World) { Program = RelayProgram.Path, File = File, Changes = changes.ToDictionary(static change => change.Setting, static change => change.Value) };

        public Task DeliveredAsync(int count, CancellationToken cancellationToken) => DemoStage.UntilAsync(() => Task.FromResult(Server.Messages.Count >= count), cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await World.DisposeAsync();
            _authority.Dispose();
        }
    }
}
