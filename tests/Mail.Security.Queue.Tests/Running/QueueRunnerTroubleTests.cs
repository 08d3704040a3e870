using Mail.Security.Delivery;

namespace Mail.Security.Queue.Tests;

/// <summary>What the runner does when the store, the agent or the lease fails it.</summary>
public sealed class QueueRunnerTroubleTests
{
    [Theory]
    [InlineData(nameof(StoreCall.Acquire))]
    [InlineData(nameof(StoreCall.NextDue))]
    public async Task RunAsync_StoreUnavailable_PausesLongerEachTimeThenWorks(string failing)
    {
        await using var bench = new RunnerBench(configure: options => options.MaxStoreBackoff = TimeSpan.FromSeconds(5));
        bench.Store.Trouble = call => call.ToString() == failing ? StoreFailure.Locked : null;
        bench.Run();
        foreach (var pause in new[] { 1, 2, 4, 5, 5 })
            await bench.Time.PassAsync(TimeSpan.FromSeconds(pause));
        await bench.Time.SetAsync(TimeSpan.FromSeconds(5));
        bench.Store.Trouble = _ => null;
        await bench.AddAsync("b@one.example");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Equal(6, bench.Log.Count(1604));
        bench.Store.Trouble = call => call.ToString() == failing ? StoreFailure.Locked : null;
        bench.Runner.Wake();
        await bench.Time.SetAsync(TimeSpan.FromSeconds(1));        // the count began anew
    }

    public static TheoryData<Exception> Faults => [new InvalidOperationException("a bug"), new IOException("content unreadable"), new OperationCanceledException("not by us")];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task RunAsync_AgentThrows_LoggedAndTriedAgain(Exception fault)
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync("b@one.example");
        bench.Agent.Script = (request, _) => request.Attempt == 1 ? throw fault : Task.FromResult(bench.Agent.Report(request, Disposition.Delivered));
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromMinutes(15));
        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((1, new EnhancedStatus(4, 3, 0)), (entry.Attempts, entry.Recipients[0].Status!.Value));
        Assert.Equal(1, bench.Log.Count(1609));
        await bench.Store.DoneAsync(StoreCall.Complete);

        bench.Time.Advance(TimeSpan.FromMinutes(15));
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task RunAsync_AgentForgetsARecipient_ThatOneIsTriedAgain()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example", "c@one.example");
        bench.Agent.Script = (request, _) =>
        {
            var report = bench.Agent.Report(request, Disposition.Delivered);
            return Task.FromResult(report with { Recipients = [.. report.Recipients.Take(1)] });
        };
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Equal("c@one.example", Assert.Single(Assert.Single(await bench.ListAsync()).Recipients).Recipient.ToString());
    }

    [Fact]
    public async Task RunAsync_RecipientNamedTwice_DeliveredOnceIsDone()
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync("b@one.example", "b@one.example");
        bench.Agent.Script = (request, _) =>
        {
            var (good, bad) = (bench.Agent.Report(request, Disposition.Delivered), bench.Agent.Report(request, Disposition.Transient));
            return Task.FromResult(good with { Recipients = [good.Recipients[0], .. bad.Recipients.Skip(1)] });
        };
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task RunAsync_LeaseLostDuringTheAttempt_AttemptIsStoppedAndTheDomainIsFree()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            if (request.Attempt == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        bench.Run();
        await bench.Agent.NextCallAsync();
        await bench.Time.SetAsync(TimeSpan.FromSeconds(40));
        var other = await TakeOverAsync(bench, RunnerBench.Start + TimeSpan.FromMinutes(20));
        bench.Time.Advance(TimeSpan.FromSeconds(40));              // the renewal finds that the lease was taken over
        await bench.Store.DoneAsync(StoreCall.Renew);
        await bench.Store.Inner.ReleaseAsync(other, bench.Time.GetUtcNow(), TestContext.Current.CancellationToken);
        bench.Runner.Wake();

        Assert.Equal(3, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
        Assert.Equal(1, bench.Log.Count(1611));
    }

    [Fact]
    public async Task RunAsync_LeaseLostBeforeTheResult_NothingIsWritten()
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync("b@one.example");
        QueueLease? other = null;
        bench.Agent.Script = async (request, _) =>
        {
            other = await TakeOverAsync(bench, bench.Time.GetUtcNow() + TimeSpan.FromHours(1));
            return bench.Agent.Report(request, Disposition.Permanent);
        };
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Stop();

        Assert.Equal("other", Assert.Single(await bench.ListAsync()).LeaseOwner);
        Assert.Empty(bench.Store.Notices);
        Assert.Equal(1, bench.Log.Count(1611));
        Assert.Equal(0, bench.Log.Count(1607));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_ResultCannotBeRecorded_TriedAgainWhileTheLeaseIsRenewed(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("b@one.example");
        var full = true;
        bench.Store.Trouble = call => call == StoreCall.Complete && full ? StoreFailure.Full : null;
        bench.Run();
        foreach (var pause in new[] { 1, 2, 4, 8, 16 })
            await bench.Time.PassAsync(TimeSpan.FromSeconds(pause));
        await bench.Time.SetAsync(TimeSpan.FromSeconds(32));
        full = false;
        bench.Time.Advance(TimeSpan.FromSeconds(32));
        while ((await bench.ListAsync()).Count > 0)
            await bench.Store.DoneAsync(StoreCall.Complete);

        await bench.Stop();
        Assert.Equal((6, 1), (bench.Log.Count(1612), bench.Log.Count(1605)));
        Assert.NotEmpty(bench.Store.Renewals);
        await bench.Agent.NextCallAsync();
        Assert.False(bench.Agent.TryGetCall(out _));               // one attempt, however often the record failed
    }

    [Fact]
    public async Task RunAsync_RestartAfterACrash_WorkGoesOnWhenItIsDueAgain()
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync("b@one.example");
        await TakeOverAsync(bench, RunnerBench.Start);             // a runner that died with its lease
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromHours(2));
        Assert.False(bench.Agent.TryGetCall(out _));
        bench.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(2, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task RunAsync_ResultCannotBeRecordedAndTheLeaseIsLost_DroppedWithALogLine()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Store.Trouble = call => call == StoreCall.Complete ? StoreFailure.Io : null;
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromSeconds(1));
        await TakeOverAsync(bench, RunnerBench.Start + TimeSpan.FromHours(1));
        bench.Time.Advance(TimeSpan.FromSeconds(40));
        await bench.Store.DoneAsync(StoreCall.Renew);
        while (bench.Log.Count(1611) == 0)
            await Task.Yield();

        Assert.Equal("other", Assert.Single(await bench.ListAsync()).LeaseOwner);
    }

    [Fact]
    public async Task RunAsync_StoreThrowsWhileRecording_DomainIsFreeAgain()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        await bench.AddAsync("c@one.example");
        var calls = 0;
        bench.Store.Trouble = call => call == StoreCall.Complete && calls++ == 0 ? throw new InvalidOperationException("a bug of the store") : null;
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Equal("b@one.example", Assert.Single(Assert.Single(await bench.ListAsync()).Recipients).Recipient.ToString());
        Assert.Equal(1, bench.Log.Count(1614));
    }

    [Theory]
    [InlineData(79, false, true, 0)]        // renewed in time by the keeper
    [InlineData(80, false, true, 1)]
    [InlineData(121, false, true, 1)]       // ended, but nobody else has it
    [InlineData(121, true, false, 1)]
    public async Task RunAsync_StoreSlowToGiveALease_AttemptOnlyWhileItIsHeld(int seconds, bool taken, bool attempted, int renewals)
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync("b@one.example");
        QueueLease? other = null;
        bench.Store.AfterAcquire = () =>
        {
            bench.Store.AfterAcquire = () => { };
            bench.Time.Advance(TimeSpan.FromSeconds(seconds));
            if (taken)
                other = TakeOverAsync(bench, RunnerBench.Start + TimeSpan.FromMinutes(20)).GetAwaiter().GetResult();
        };
        bench.Run();
        await bench.Store.DoneAsync(attempted ? StoreCall.Complete : StoreCall.Renew);
        await bench.Stop();

        Assert.Equal((attempted, renewals), (bench.Agent.TryGetCall(out _), bench.Store.Renewals.Count));
        Assert.Equal(taken ? 1 : 0, bench.Log.Count(1618));
        Assert.Equal(other?.Attempt, (await bench.ListAsync()).SingleOrDefault()?.Attempts);
    }

    [Fact]
    public async Task RunAsync_StoreThrowsWhileRenewing_LoggedAndRenewedLater()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Agent.Script = async (request, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(10), bench.Time, cancellationToken);
            return bench.Agent.Report(request, Disposition.Delivered);
        };
        var calls = 0;
        bench.Store.Trouble = call => call == StoreCall.Renew && calls++ == 0 ? throw new InvalidOperationException("a bug of the store") : null;
        bench.Run();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(40));
        await bench.Time.PassAsync(TimeSpan.FromSeconds(1));
        await bench.Time.PassAsync(TimeSpan.FromSeconds(40));      // held again: a third of the duration

        Assert.Equal((3, 1), (bench.Store.Renewals.Count, bench.Log.Count(1617)));
    }

    private static async Task<QueueLease> TakeOverAsync(RunnerBench bench, DateTimeOffset now)
    {
        var request = new LeaseRequest { Owner = "other", Now = now, Duration = TimeSpan.FromMinutes(2), Max = 1, ProvisionalRetry = _ => RunnerBench.Start + TimeSpan.FromHours(2) };
        return Assert.Single(Assert.IsType<StoreResult<IReadOnlyList<QueueLease>>.Stored>(await bench.Store.Inner.AcquireAsync(request)).Value);
    }
}
