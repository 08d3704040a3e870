using Mail.Security.Testing;
using Microsoft.Data.Sqlite;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

public sealed class DatabaseTests : RelayTest
{
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
}
