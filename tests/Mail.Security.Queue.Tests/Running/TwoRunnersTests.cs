using System.Collections.Concurrent;
using Mail.Security.Delivery;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Queue.Tests;

/// <summary>Two runners on one file, each with a database object of its own, as two processes have.</summary>
public sealed class TwoRunnersTests
{
    [Fact]
    public async Task RunAsync_TwoRunnersOnOneFile_EveryMessageOnceAndNoneLost()
    {
        const int Domains = 8, PerDomain = 8;
        var directory = Directory.CreateTempSubdirectory("mailsec-two");
        var time = new WatchedTime(RunnerBench.Start);
        var options = new SqliteStoreOptions { Path = Path.Combine(directory.FullName, "queue.db") };
        await using (var first = new SqliteDatabase(options, NullLogger<SqliteDatabase>.Instance))
        await using (var second = new SqliteDatabase(options, NullLogger<SqliteDatabase>.Instance))
        {
            SqliteMailQueueStore[] stores = [new(first), new(second)];
            for (var i = 0; i < Domains * PerDomain; i++)
                Assert.IsType<StoreResult<QueueMessageId>.Stored>(await stores[i % 2].AddAsync(RunnerBench.Message("a@sender.example", $"m{i}@d{i % Domains}.example"), TestContext.Current.CancellationToken));

            var delivered = new ConcurrentQueue<string>();
            var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var agent = new ScriptedAgent(time);
            agent.Script = async (request, _) =>
            {
                await Task.Yield();
                delivered.Enqueue(request.Envelope.Recipients[0].Path.LocalPart);
                if (delivered.Count >= Domains * PerDomain)
                    all.TrySetResult();
                return agent.Report(request, Disposition.Delivered);
            };
            using var stop = new CancellationTokenSource();
            var running = stores.Select((store, i) => new QueueRunner(store, agent, RunnerBench.Steady, Named($"runner {i}"), time, NullLogger<QueueRunner>.Instance).RunAsync(stop.Token)).ToList();
            await Wait.For(all.Task);
            await stop.CancelAsync();
            await Wait.For(Task.WhenAll(running));

            Assert.Equal(Domains * PerDomain, delivered.Distinct().Count());
            Assert.Equal(Domains * PerDomain, delivered.Count);
            Assert.Empty(Assert.IsType<StoreResult<IReadOnlyList<QueueEntry>>.Stored>(await stores[0].ListAsync(default, 1000, TestContext.Current.CancellationToken)).Value);
        }
        directory.Delete(recursive: true);
    }

    private static QueueOptions Named(string owner)
    {
        var options = RunnerBench.Options();
        options.Owner = owner;
        return options;
    }
}
