using System.Collections.Concurrent;
using System.Diagnostics;
using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

/// <summary>What the runner does when everything works: on the store in memory and on the real one.</summary>
public sealed class QueueRunnerTests
{
    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_DueMessage_DeliveredAndRemoved(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        bench.Run();

        var call = await bench.Agent.NextCallAsync();
        await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Equal(("one.example", 1, "b@one.example"), (call.Domain.ToString(), call.Attempt, Assert.Single(call.Envelope.Recipients).Path.ToString()));
        Assert.Empty(await bench.ListAsync());
        Assert.Empty(bench.Store.Notices);
        await bench.Stop();
        Assert.Contains("delivered in attempt 1, 2.0.0", Assert.Single(bench.Log.Texts(1605)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task DeliverAsync_WhileItRuns_AttemptIsCountedAlready(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        IReadOnlyList<QueueEntry> seen = [];
        bench.Agent.Script = async (request, _) =>
        {
            seen = await bench.ListAsync();
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);

        var entry = Assert.Single(seen);
        Assert.Equal((1, RunnerBench.Start + TimeSpan.FromMinutes(15), RunnerBench.Start, "bench"), (entry.Attempts, entry.Due, entry.LastAttempt!.Value, entry.LeaseOwner));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task Wake_MessageAddedWhileWaiting_AttemptedAtOnce(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromDays(1));           // the runner waits for the poll
        await bench.AddAsync("b@one.example");
        bench.Runner.Wake();

        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task RunAsync_NobodyWakesIt_FindsWorkAtThePoll()
    {
        await using var bench = new RunnerBench(configure: options => options.PollInterval = TimeSpan.FromMinutes(3));
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromMinutes(3));
        await bench.AddAsync("b@one.example");
        bench.Time.Advance(TimeSpan.FromMinutes(3));

        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    [Trait("rfc", "5321#4.5.4.1")]
    public async Task RunAsync_TransientFailure_TriedAgainWhenDue(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, request.Attempt < 3 ? Disposition.Transient : Disposition.Delivered));
        bench.Run();

        Assert.Equal(1, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Time.SetAsync(TimeSpan.FromMinutes(15));
        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((1, RunnerBench.Start + TimeSpan.FromMinutes(15), null), (entry.Attempts, entry.Due, entry.LeaseOwner));
        Assert.Equal((new EnhancedStatus(4, 4, 1), "No host answered."), (entry.Recipients[0].Status!.Value, entry.Recipients[0].Detail));
        Assert.Contains("the verdict", entry.Explanation, StringComparison.Ordinal);

        bench.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(2, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Time.PassAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(3, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
        Assert.Equal(2, bench.Log.Count(1606));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_ManyDomains_AsManyAtATimeAsAllowed(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind, options => options.MaxConcurrency = 3);
        for (var i = 0; i < 10; i++)
            await bench.AddAsync($"b@d{i}.example");
        using var allow = new SemaphoreSlim(0);
        var most = 0;
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            InterlockedMax(ref most, bench.Agent.Running);
            await allow.WaitAsync(cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        for (var i = 0; i < 3; i++)
            await bench.Agent.NextCallAsync();
        Assert.False(bench.Agent.TryGetCall(out _));
        for (var i = 0; i < 10; i++)
        {
            allow.Release();
            await bench.Store.DoneAsync(StoreCall.Complete);
        }
        Assert.Empty(await bench.ListAsync());
        Assert.Equal(3, most);
        Assert.All(bench.Store.Requests, request => Assert.True(request.Max + request.BusyDomains.Count <= 3));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_OneDomain_OneAfterTheOther(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        for (var i = 0; i < 6; i++)
            await bench.AddAsync($"b{i}@one.example");
        var most = 0;
        bench.Agent.Script = async (request, _) =>
        {
            InterlockedMax(ref most, bench.Agent.Running);
            await Task.Yield();
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        for (var i = 0; i < 6; i++)
            await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Empty(await bench.ListAsync());
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task RunAsync_LongAttempt_LeaseRenewedAtAThirdOfItsDuration()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        var finish = new TaskCompletionSource();
        bench.Agent.Script = async (request, _) =>
        {
            await finish.Task;
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        for (var i = 0; i < 9; i++)
        {
            await bench.Time.PassAsync(TimeSpan.FromSeconds(40));
            await bench.Store.DoneAsync(StoreCall.Renew);
        }
        finish.SetResult();
        await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Empty(await bench.ListAsync());
        Assert.Equal(Enumerable.Range(1, 9).Select(i => RunnerBench.Start + TimeSpan.FromSeconds(40 * i + 120)), bench.Store.Renewals.Select(renewal => renewal.Until));
    }

    [Fact]
    public async Task RunAsync_Attempt_IsAnActivityThatSaysHowItEnded()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Mail.Security.Queue",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@traced.example");
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, request.Attempt == 1 ? Disposition.Transient : Disposition.Delivered));
        bench.Run();
        await bench.Time.PassAsync(TimeSpan.FromMinutes(15));
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Stop();

        var traced = ended.Where(activity => Equals(activity.GetTagItem("mail.queue.domain"), "traced.example")).ToList();
        Assert.Equal([(1, ActivityStatusCode.Error), (2, ActivityStatusCode.Ok)], traced.Select(activity => ((int)activity.GetTagItem("mail.queue.attempt")!, activity.Status)));
    }

    [Fact]
    public async Task RunAsync_Twice_Throws()
    {
        await using var bench = new RunnerBench();
        bench.Run();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Runner.RunAsync(TestContext.Current.CancellationToken));
    }

    public static TheoryData<string, Action<QueueOptions>> BadOptions => new()
    {
        { "host", options => options.ReportingHost = default },
        { "concurrency 0", options => options.MaxConcurrency = 0 },
        { "concurrency 1001", options => options.MaxConcurrency = 1001 },
        { "lease", options => options.LeaseDuration = TimeSpan.FromMilliseconds(999) },
        { "lease too long", options => options.LeaseDuration = TimeSpan.FromDays(2) },
        { "stop too long", options => options.StopTimeout = TimeSpan.FromDays(2) },
        { "stop", options => options.StopTimeout = TimeSpan.FromTicks(-1) },
        { "poll", options => options.PollInterval = TimeSpan.Zero },
        { "backoff", options => options.MaxStoreBackoff = TimeSpan.Zero },
        { "owner", options => options.Owner = " " },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Constructor_OptionOutsideItsRange_Throws(string option, Action<QueueOptions> spoil)
    {
        var options = RunnerBench.Options();
        spoil(options);
        var thrown = Assert.Throws<ArgumentException>(() => new QueueRunner(new MemoryStore(), new ScriptedAgent(TimeProvider.System), RetrySchedule.Default, options, TimeProvider.System, new ListLogger<QueueRunner>()));
        Assert.True(thrown.Message.Length > 0, option);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
