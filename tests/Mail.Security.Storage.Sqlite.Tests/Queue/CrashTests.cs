using Mail.Security.Queue;
using Microsoft.Extensions.Logging.Abstractions;
using QueueCrash;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>What a process that dies leaves, and what several processes do to each other.</summary>
public sealed class CrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddAsync_ProcessKilledAtRandomPoints_NothingAcknowledgedIsLostAndNoHalfMessageIsLeft()
    {
        await using var bench = new StoreBench();
        var acknowledged = new List<long>();
        foreach (var after in Enumerable.Range(0, 5).Select(_ => Random.Shared.Next(0, 60)))
        {
            using var child = Child.Start("add", bench.DatabasePath);
            for (var i = 0; i <= after; i++)
                acknowledged.Add(long.Parse((await child.StandardOutput.ReadLineAsync(Token))!, null));
            child.Kill();
            for (string? line; (line = await child.StandardOutput.ReadLineAsync(Token)) is not null;)
                if (long.TryParse(line, out var id))               // the last line may be cut: then it acknowledges nothing
                    acknowledged.Add(id);
            await child.WaitForExitAsync(Token);
            Assert.NotEqual(0, child.ExitCode);
            Assert.Equal("ok", Check(bench));
        }

        var whole = new Dictionary<long, int>();
        for (var round = 0; await bench.AcquireAsync(TimeProvider.System.GetUtcNow().AddDays(1), 1000) is { Count: > 0 } leases; round++)
            foreach (var lease in leases)
            {
                Assert.True(CheckedMessage.IsWhole(lease), $"message {lease.MessageId} is not whole");
                whole[lease.MessageId.Value] = whole.GetValueOrDefault(lease.MessageId.Value) + lease.Envelope.Recipients.Count;
                await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Delivered), null, Token);
            }
        Assert.All(whole.Values, recipients => Assert.Equal(CheckedMessage.Recipients.Count, recipients));
        Assert.Empty(acknowledged.Except(whole.Keys));
        Assert.Equal(0, bench.Count("SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM content)"));
    }

    [Fact]
    public async Task AcquireAsync_HolderKilled_WorkIsGivenOutAgainWhenItsLeaseEnds()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example", "b@two.example");
        await bench.Database.DisposeAsync();
        using (var child = Child.Start("lease", bench.DatabasePath))
        {
            Assert.Equal("leased 2", await child.StandardOutput.ReadLineAsync(Token));
            await Child.KillAsync(child);
        }
        bench.Open();
        var entries = await bench.ListAsync();
        Assert.All(entries, entry => Assert.Equal(("crashed", 1), (entry.LeaseOwner, entry.Attempts)));
        var end = StoreBench.Stored(await bench.Store.GetNextDueAsync([], Token))!.Value;
        Assert.Equal(TimeSpan.FromMinutes(2), end - entries[0].LastAttempt!.Value);
        Assert.Empty(await bench.AcquireAsync(end.AddTicks(-1)));
        Assert.All(await bench.AcquireAsync(end.AddMinutes(1)), lease => Assert.Equal(2, lease.Attempt));
        Assert.All(await bench.ListAsync(), entry => Assert.Equal("bench", entry.LeaseOwner));
    }

    [Fact]
    public async Task Processes_SeveralOnOneFile_EachPieceOfWorkIsDoneOnce()
    {
        await using var bench = new StoreBench();
        using var first = Child.Start("work", bench.DatabasePath, "first", "25");
        using var second = Child.Start("work", bench.DatabasePath, "second", "25");
        var lines = (await Task.WhenAll(first.StandardOutput.ReadToEndAsync(Token), second.StandardOutput.ReadToEndAsync(Token)))
            .SelectMany(output => output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => line.Split(' ')).ToList();
        await Task.WhenAll(first.WaitForExitAsync(Token), second.WaitForExitAsync(Token));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.All(lines, line => Assert.Equal(["1", "whole", "Held"], line[2..]));
        Assert.Equal(100, lines.Count);                            // 50 messages for two domains each
        Assert.Equal(100, lines.Select(line => $"{line[0]} {line[1]}").Distinct().Count());
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task OpenAsync_ManyAtOnceOnANewFile_OneSchema()
    {
        await using var bench = new StoreBench(options => options.BusyTimeout = TimeSpan.FromSeconds(20));
        var databases = Enumerable.Range(0, 6).Select(_ => new SqliteDatabase(bench.Options, NullLogger<SqliteDatabase>.Instance)).ToList();
        var versions = await Task.WhenAll(databases.Select(database => Task.Run(() => database.OpenAsync(Token).AsTask(), Token)));
        foreach (var database in databases)
            await database.DisposeAsync();
        Assert.All(versions, version => Assert.Equal(SqliteSchema.Version, StoreBench.Stored(version)));
        await bench.AddAsync("b@one.example");
    }

    [Fact]
    public async Task DisposeAsync_AfterReads_LogIsInTheFile()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        Assert.Single(Assert.IsType<StoreResult<IReadOnlyList<QueueEntry>>.Stored>(await bench.Store.ListAsync(default, 10, Token)).Value);

        await bench.Database.DisposeAsync();

        Assert.False(File.Exists(bench.DatabasePath + "-wal"));
        bench.Open();
        Assert.Single(Assert.IsType<StoreResult<IReadOnlyList<QueueEntry>>.Stored>(await bench.Store.ListAsync(default, 10, Token)).Value);
    }

    private static string? Check(StoreBench bench)
    {
        using var connection = bench.Connect();
        return StoreBench.Scalar(connection, "PRAGMA integrity_check") as string;
    }
}
