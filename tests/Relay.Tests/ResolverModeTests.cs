using Mail.Security.Dnssec;
using Mail.Security.Storage.Sqlite;
using Mail.Security.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

/// <summary>Which way the relay takes to the security of DNS answers, and what it says of it at start.</summary>
public sealed class ResolverModeTests : RelayTest
{
    private const string Anchor = "example.com. DS 12345 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData("Auto", "Auto", false, "AD bit believed: every server is a loopback address (", ", from options)")]
    [InlineData("AdBit", "Distrust", false, "AD bit not believed: the configuration says so; every answer is indeterminate (", ", from options)")]
    [InlineData("Auto", "Distrust", false, "answers are validated here: the configuration says that the AD bit is not to be believed (", ", from options; 2 trust anchors, built in)")]
    [InlineData("Validate", "Auto", true, "answers are validated here: the configuration says so (", ", from options; 1 trust anchor, from {0})")]
    public async Task Start_EveryMode_IsToldInOneLine(string mode, string trust, bool ownAnchor, string start, string end)
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        var file = Path.Combine(Path.GetDirectoryName(world.DatabaseFile)!, "anchors");
        await File.WriteAllTextAsync(file, $"; one line\n{Anchor}\n", Token);
        await using var stage = Stage(world, (Settings.ResolverMode, mode), (Settings.ResolverTrust, trust), (Settings.TrustAnchor, ownAnchor ? file : ""));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("QueueService", 1816).Count + stage.Journal.Messages("QueueService", 1817).Count > 0), Token);

        var line = Assert.Single(stage.Journal.Messages("QueueService", 1811));
        Assert.StartsWith($"Resolver: {start}{world.Dns.EndPoint}", line, StringComparison.Ordinal);
        Assert.EndsWith(string.Format(System.Globalization.CultureInfo.InvariantCulture, end, file), line, StringComparison.Ordinal);
        // The server of the demonstration sets the AD bit, and has no DNSSEC records to validate: those of the root every server must have.
        var validates = start.StartsWith("answers are validated here", StringComparison.Ordinal);
        var finding = !validates ? "is capable: it " : $"{(ownAnchor ? "answers with errors" : "strips DNSSEC records")}: it gives no keys of zone ";
        Assert.StartsWith($"DNS server {world.Dns.EndPoint} {finding}", Assert.Single(stage.Journal.Messages("QueueService", validates ? 1817 : 1816)), StringComparison.Ordinal);
    }

    /// <summary>Where nothing is validated DANE never applies: the start says so, for each name by itself.</summary>
    [Fact]
    [Trait("dukhovni", "negative-trust-anchor")]
    public async Task Start_NegativeTrustAnchors_AreToldWithWhatTheyCost()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.ResolverMode, "Validate"), (Settings.NegativeTrustAnchors, "corp.example, lab.example=2999-01-30, former.example=2020-01-31"));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("QueueService", 1822).Count > 0), Token);

        Assert.EndsWith("; nothing is validated at or below corp.example, lab.example (until 2999-01-31 00:00:00Z), former.example (until 2020-02-01 00:00:00Z))",
            Assert.Single(stage.Journal.Messages("QueueService", 1811)), StringComparison.Ordinal);
        Assert.Equal(["corp.example", "lab.example (until 2999-01-31 00:00:00Z)"], stage.Journal.Messages("QueueService", 1821).Select(static line => line["DNS answers at or below ".Length..line.IndexOf(" are not", StringComparison.Ordinal)]));
        Assert.All(stage.Journal.Messages("QueueService", 1821), static line => Assert.Contains("DANE never applies there", line, StringComparison.Ordinal));
        Assert.StartsWith("The negative trust anchor for former.example (until 2020", Assert.Single(stage.Journal.Messages("QueueService", 1822)), StringComparison.Ordinal);
    }

    /// <summary>The anchors are followed from the start on; here their keys cannot be had, which changes nothing.</summary>
    [Fact]
    [Trait("rfc", "5011#2.3")]
    public async Task Start_WithAStore_LooksAtTheKeysOfTheAnchors()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        var store = Path.Combine(Path.GetDirectoryName(world.DatabaseFile)!, "followed");
        await using var stage = Stage(world, (Settings.ResolverMode, "Validate"), (Settings.TrustAnchorStore, store));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("QueueService", 1819).Count > 0), Token);

        Assert.Contains(". DNSKEY", stage.Journal.Messages("QueueService", 1819)[0], StringComparison.Ordinal);
        Assert.Empty(stage.Journal.Messages("QueueService", 1818));
    }

    /// <summary>In the relay's database: what is read there counts, and what is seen is written there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("rfc", "5011#4.2")]
    public async Task Start_FollowingInTheDatabase_ReadsAndWritesIt(bool byPath)
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var dns = new SignedDnsServer();
        var anchor = Assert.Single(dns.TrustAnchors);
        var file = Path.Combine(world.Folder, "anchors");
        await File.WriteAllTextAsync(file, $"{anchor}\n", Token);
        await using var database = new SqliteDatabase(new SqliteStoreOptions { Path = world.DatabaseFile }, NullLogger<SqliteDatabase>.Instance);
        var store = new SqliteTrustAnchorStore(database);
        await store.SaveAsync([new(anchor, TrustAnchorState.Missing, DateTimeOffset.UnixEpoch)], Token);
        await using var stage = Stage(world, (Settings.ResolverMode, "Validate"), (Settings.TrustAnchor, file), (Settings.TrustAnchorStore, byPath ? world.DatabaseFile : "database"), (Settings.Resolver, dns.EndPoint.ToString()));
        await stage.StartRelayAsync(Token);
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("QueueService", 1818).Count > 0), Token);
        await DemoStage.UntilAsync(async () => (await store.LoadAsync(Token))[0].State == TrustAnchorState.Valid, Token);

        Assert.EndsWith($"{anchor}: Missing, now Valid", Assert.Single(stage.Journal.Messages("QueueService", 1818)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DnsCheck_FollowedInADatabaseThatCannotBeRead_KnowsNothing()
    {
        await using var dns = new SignedDnsServer();
        dns.AddZone("example").Add("relay.example", DnsRecordType.A, "192.0.2.1");
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var (anchors, path) = (Path.Combine(folder, "anchors"), Path.Combine(folder, "relay.db"));
            await File.WriteAllTextAsync(anchors, $"{dns.TrustAnchors[0]}\n", Token);
            string[] arguments = ["dnscheck", "--HostName=relay.example", $"--Resolver={dns.EndPoint}", "--ResolverMode=Validate", $"--TrustAnchor={anchors}", "--TrustAnchorStore=Database", $"--Database={path}", "--PublicAddresses=192.0.2.1"];
            var (_, before, _) = await RelayProgram.RunAsync("", arguments);
            Assert.False(File.Exists(path));
            await using (var database = new SqliteDatabase(new SqliteStoreOptions { Path = path }, NullLogger<SqliteDatabase>.Instance))
                await new SqliteTrustAnchorStore(database).SaveAsync([new(dns.TrustAnchors[0], (TrustAnchorState)99, DateTimeOffset.UnixEpoch)], Token);
            var (code, after, error) = await RelayProgram.RunAsync("", arguments);

            Assert.Matches("EHLO +ok", before);
            Assert.True(code == 75, after + error);
            Assert.DoesNotMatch("EHLO +ok", after);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task DnsCheck_Validate_AsksWithTheAnchorsOfTheFile()
    {
        await using var dns = new LoopbackDnsServer();
        dns.AddAddress("relay.example", "192.0.2.1").AddPtr("192.0.2.1", "relay.example");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "example. DS 12345 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", Token);
            var (code, output, error) = await RelayProgram.RunAsync("", "dnscheck", "--HostName=relay.example", $"--Resolver={dns.EndPoint}", "--ResolverMode=Validate", $"--TrustAnchor={file}", "--PublicAddresses=192.0.2.1");

            // The server has no DNSSEC records: below the anchor that is a failure, and elsewhere no anchor has a say.
            Assert.True(code == 75, output + error);
            Assert.Contains("relay.example", output, StringComparison.Ordinal);
            Assert.Contains("unknown", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
