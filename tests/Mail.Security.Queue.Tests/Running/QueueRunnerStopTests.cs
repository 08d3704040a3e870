using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

/// <summary>The clean stop.</summary>
public sealed class QueueRunnerStopTests
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunAsync_StopWhileIdle_EndsAtOnceWithoutCancellation()
    {
        await using var bench = new RunnerBench();
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromDays(1));
        await Wait.For(bench.Stop());
        Assert.Equal([1600, 1601], bench.Log.Ids);
    }

    [Fact]
    public async Task RunAsync_StopWhileTheStoreIsUnavailable_EndsAtOnce()
    {
        await using var bench = new RunnerBench();
        bench.Store.Trouble = _ => StoreFailure.Io;
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromSeconds(1));
        await Wait.For(bench.Stop());
        Assert.Equal([1600, 1604, 1601], bench.Log.Ids);
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_StopWhileAnAttemptRuns_WaitsForItsResult(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        var finish = new TaskCompletionSource();
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            await finish.Task.WaitAsync(cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        await bench.Agent.NextCallAsync();
        var stopped = bench.Stop();
        await bench.Time.SetAsync(StopTimeout);
        Assert.False(stopped.IsCompleted);
        finish.SetResult();
        await Wait.For(stopped);

        Assert.Empty(await bench.ListAsync());
        Assert.Equal(0, bench.Log.Count(1602));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_AttemptOutlastsTheStop_CancelledAndTheLeaseGivenBackDueAtOnce(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        await bench.Agent.NextCallAsync();
        var stopped = bench.Stop();
        await bench.Time.PassAsync(StopTimeout);
        await Wait.For(stopped);

        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((1, RunnerBench.Start + StopTimeout, null), (entry.Attempts, entry.Due, entry.LeaseOwner));
        Assert.Equal([1, 1, 0], new[] { 1602, 1610, 1603 }.Select(bench.Log.Count));
    }

    [Fact]
    public async Task RunAsync_AttemptIgnoresTheCancellation_LeftBehindAfterALimit()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        var never = new TaskCompletionSource<AttemptReport>();
        bench.Agent.Script = (_, _) => never.Task;
        bench.Run();
        var call = await bench.Agent.NextCallAsync();
        var stopped = bench.Stop();
        await bench.Time.PassAsync(StopTimeout);
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10));
        await Wait.For(stopped);

        Assert.Equal(1, bench.Log.Count(1603));
        Assert.Equal("bench", Assert.Single(await bench.ListAsync()).LeaseOwner);
        never.SetResult(bench.Agent.Report(call, Disposition.Delivered));
    }

    [Fact]
    public async Task RunAsync_ResultCannotBeRecordedUntilTheStopIsOver_DroppedWithALogLine()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Store.Trouble = call => call is StoreCall.Complete or StoreCall.Renew ? StoreFailure.Io : null;
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromSeconds(1));
        var stopped = bench.Stop();
        await bench.Time.PassAsync(StopTimeout);
        await Wait.For(stopped);

        Assert.Equal(1, bench.Log.Count(1613));
        Assert.Equal("bench", Assert.Single(await bench.ListAsync()).LeaseOwner);
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_LeaseComesWithTheStop_GivenBackUntouched(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        bench.Store.AfterAcquire = () => bench.Stop();
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Release);
        await Wait.For(bench.Stop());

        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((RunnerBench.Start, null), (entry.Due, entry.LeaseOwner));
        Assert.False(bench.Agent.TryGetCall(out _));
    }

    [Fact]
    public async Task RunAsync_LeaseCannotBeGivenBack_LoggedAndStopped()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Store.Trouble = call => call == StoreCall.Release ? StoreFailure.Io : null;
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        await bench.Agent.NextCallAsync();
        var stopped = bench.Stop();
        await bench.Time.PassAsync(StopTimeout);
        await Wait.For(stopped);

        Assert.Equal((1, 0), (bench.Log.Count(1604), bench.Log.Count(1610)));
    }
}
