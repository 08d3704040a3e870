using Mail.Security.Delivery;
using Mail.Security.Smtp;

namespace Mail.Security.Queue.Tests;

/// <summary>A destination without a turn: the message waits, and nothing is counted.</summary>
public sealed class QueuePostponeTests
{
    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task Run_NoTurn_WaitsWithoutAnAttempt(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        var turn = RunnerBench.Start + TimeSpan.FromMinutes(3);
        bench.Agent.Script = (request, _) => Task.FromResult(Postponed(bench, request, turn));
        await bench.AddAsync("b@one.example");
        bench.Run();
        Assert.Equal(1, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Store.DoneAsync(StoreCall.Postpone);

        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((0, turn, null, null), (entry.Attempts, entry.Due, entry.LastAttempt, entry.LeaseOwner));
        Assert.Null(Assert.Single(entry.Recipients).Status);
        bench.Agent.Script = null;
        await bench.Store.DoneAsync(StoreCall.NextDue);
        bench.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, (await bench.Agent.NextCallAsync()).Attempt);
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task Run_NoTurnBeforeTheNotice_DueWhenItIsToBeTold()
    {
        await using var bench = new RunnerBench();
        bench.Agent.Script = (request, _) => Task.FromResult(Postponed(bench, request, RunnerBench.Start + TimeSpan.FromDays(3)));
        await bench.AddAsync("b@one.example");
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Postpone);
        Assert.Equal(RunnerBench.Start + RetrySchedule.Default.DelayNoticeAfter, Assert.Single(await bench.ListAsync()).Due);

        await bench.Store.DoneAsync(StoreCall.NextDue);
        bench.Time.Advance(RetrySchedule.Default.DelayNoticeAfter!.Value);
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Single(bench.Store.Notices);
    }

    [Theory]
    [InlineData("a@sender.example", DsnNotify.Failure)]
    [InlineData("a@sender.example", DsnNotify.Never)]
    [InlineData("", DsnNotify.Unspecified)]
    public async Task Run_NoTurnAfterANoticeThatNobodyIsToGet_WaitsWithoutAnAttempt(string sender, DsnNotify notify)
    {
        await using var bench = new RunnerBench();
        bench.Agent.Script = (request, _) => Task.FromResult(Postponed(bench, request, bench.Time.GetUtcNow() + TimeSpan.FromMinutes(3)));
        var message = RunnerBench.Message("a@sender.example", "b@one.example");
        await bench.AddAsync(message with
        {
            Received = RunnerBench.Start - RetrySchedule.Default.DelayNoticeAfter!.Value,
            Envelope = message.Envelope with { ReversePath = sender.Length == 0 ? MailPath.Null : MailPath.Parse(sender), Recipients = [message.Envelope.Recipients[0] with { Notify = notify }] },
        });
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);            // the instant of the notice: a result
        await bench.Store.DoneAsync(StoreCall.NextDue);
        bench.Time.Advance(Assert.Single(await bench.ListAsync()).Due - bench.Time.GetUtcNow());
        await bench.Store.DoneAsync(StoreCall.Postpone);            // and only that one

        Assert.Equal(1, Assert.Single(await bench.ListAsync()).Attempts);
        Assert.Empty(bench.Store.Notices);
    }

    [Fact]
    public async Task Run_NoTurnForOneAndAnotherDelivered_Recorded()
    {
        await using var bench = new RunnerBench();
        bench.Agent.Script = (request, _) =>
        {
            var report = Postponed(bench, request, RunnerBench.Start + TimeSpan.FromMinutes(3));
            return Task.FromResult(report with { Recipients = [report.Recipients[0] with { Disposition = Disposition.Delivered, Status = new EnhancedStatus(2, 0, 0) }, .. report.Recipients.Skip(1)] });
        };
        await bench.AddAsync(RunnerBench.Message("a@sender.example", "b@one.example", "c@one.example"));
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Equal("c@one.example", Assert.Single(Assert.Single(await bench.ListAsync()).Recipients).Recipient.ToString());
    }

    [Fact]
    public async Task Run_NoTurnAtTheEndOfTheLifetime_GivenUp()
    {
        await using var bench = new RunnerBench(schedule: RunnerBench.Steady with { DelayNoticeAfter = null, Lifetime = TimeSpan.FromHours(1) });
        bench.Agent.Script = (request, _) => Task.FromResult(Postponed(bench, request, bench.Time.GetUtcNow() + TimeSpan.FromDays(3)));
        await bench.AddAsync("b@one.example");
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Postpone);
        Assert.Equal(RunnerBench.Start + TimeSpan.FromHours(1), Assert.Single(await bench.ListAsync()).Due);
        await bench.Store.DoneAsync(StoreCall.NextDue);
        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.Store.DoneAsync(StoreCall.Complete);
        Assert.Single(bench.Store.Notices);
        bench.Agent.Script = null;
    }

    [Fact]
    public async Task Run_StoreCannotPostpone_TheLeaseEndsByItself()
    {
        await using var bench = new RunnerBench();
        bench.Agent.Script = (request, _) => Task.FromResult(Postponed(bench, request, RunnerBench.Start + TimeSpan.FromMinutes(3)));
        bench.Store.Trouble = call => call == StoreCall.Postpone ? StoreFailure.Locked : null;
        await bench.AddAsync("b@one.example");
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Postpone);
        bench.Agent.Script = null;
        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((1, "bench"), (entry.Attempts, entry.LeaseOwner));
    }

    [Fact]
    public async Task Run_AccountAndTransport_ReachTheAgent()
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        await bench.AddAsync(RunnerBench.Message("a@sender.example", "b@one.example") with { Account = "ann", Transport = TransportName.Parse("relay") });
        bench.Run();
        var call = await bench.Agent.NextCallAsync();
        Assert.Equal(("ann", "relay"), (call.Account, call.Transport.Value));
    }

    private static AttemptReport Postponed(RunnerBench bench, DeliveryRequest request, DateTimeOffset until) =>
        bench.Agent.Report(request, Disposition.Transient) with { PostponedUntil = until };
}
