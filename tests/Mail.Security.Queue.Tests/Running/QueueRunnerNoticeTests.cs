using Mail.Security.Delivery;
using Mail.Security.Smtp;

namespace Mail.Security.Queue.Tests;

/// <summary>What senders are told, and when.</summary>
public sealed class QueueRunnerNoticeTests
{
    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    [Trait("rfc", "2852#4.1.3")]
    public async Task RunAsync_TimeToDeliverByIsOver_ReturnedWithoutAnAttempt(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        var message = RunnerBench.Message("a@sender.example", "b@one.example");
        await bench.AddAsync(message with { Envelope = message.Envelope with { DeliverBy = new DeliverBy(RunnerBench.Start, DeliverByMode.Return, DeliverByTrace.Off), Return = DsnReturn.Full, EnvelopeId = "id 9" } });
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);

        var notice = new ParsedNotice(Assert.Single(bench.Store.Notices));
        Assert.Equal(("failed", "5.4.7"), (notice.Recipients[0]["Action"], notice.Recipients[0]["Status"]));
        Assert.Equal(("id 9", "Sun, 01 Mar 2026 08:00:00 +0000"), (notice.PerMessage["Original-Envelope-Id"], notice.PerMessage["Deliver-By-Date"]));
        Assert.Equal("message/rfc822", notice.Report[2].ContentType.MimeType);
        await bench.Stop();
        while (bench.Agent.TryGetCall(out var call))
            Assert.Equal("sender.example", call!.Domain.ToString());       // the notice, and nothing else
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    [Trait("rfc", "3461#5.2.2"), Trait("rfc", "3461#5.2.6")]
    public async Task RunAsync_Notify_ToldOfWhatWasAskedFor(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        var message = RunnerBench.Message("a@sender.example", "good@one.example", "bad@one.example", "never@one.example");
        DsnNotify[] notify = [DsnNotify.Success, DsnNotify.Success, DsnNotify.Never];
        await bench.AddAsync(message with { Envelope = message.Envelope with { Recipients = [.. message.Envelope.Recipients.Select((one, index) => one with { Notify = notify[index] })] } });
        bench.Agent.Script = (request, _) =>
        {
            Assert.True(request.Domain.ToString() == "sender.example" || request.Envelope.Recipients.Select(static one => one.Notify).SequenceEqual(notify));
            var report = bench.Agent.Report(request, path => path.LocalPart is "good" or "a" ? Disposition.Delivered : Disposition.Permanent);
            return Task.FromResult(report with { Recipients = [.. report.Recipients.Select(static one => one with { OwesRelayedDsn = one.Recipient.LocalPart == "good" })] });
        };
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);

        var notice = new ParsedNotice(Assert.Single(bench.Store.Notices));
        Assert.Equal(("rfc822; good@one.example", "relayed"), (Assert.Single(notice.Recipients)["Final-Recipient"], notice.Recipients[0]["Action"]));
        Assert.DoesNotContain(await bench.ListAsync(), static entry => entry.Domain.ToString() == "one.example");
        await bench.Stop();
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    public async Task RunAsync_SomeRecipientsRefused_NoticeNamesThemAndTheOthersGoOn(StoreKind kind)
    {
        await using var bench = new RunnerBench(kind);
        await bench.AddAsync("good@one.example", "bad@one.example", "later@one.example");
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, path => path.LocalPart switch
        {
            "bad" => Disposition.Permanent,
            "later" => Disposition.Transient,
            _ => Disposition.Delivered,
        }));
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);

        var entries = await bench.ListAsync();
        Assert.Equal("later@one.example", Assert.Single(entries.Single(entry => entry.Domain.ToString() == "one.example").Recipients).Recipient.ToString());
        var notice = new ParsedNotice(Assert.Single(bench.Store.Notices));
        Assert.Equal(("a@sender.example", true), (notice.To, notice.Queued.Envelope.ReversePath.IsNull));
        var fields = Assert.Single(notice.Recipients);
        Assert.Equal(
            ("rfc822; bad@one.example", "failed", "5.1.1", "dns; mx.example.net", "smtp; 550 5.1.1 no such user"),
            (fields["Final-Recipient"], fields["Action"], fields["Status"], fields["Remote-MTA"], fields["Diagnostic-Code"]));
        Assert.Contains("the verdict", notice.Text, StringComparison.Ordinal);
        await bench.Stop();
        Assert.Equal([1, 1], new[] { 1606, 1607 }.Select(bench.Log.Count));
    }

    [Theory]
    [InlineData(StoreKind.Memory)]
    [InlineData(StoreKind.Sqlite)]
    [Trait("rfc", "5321#4.5.4.1")]
    [Trait("rfc", "3463#3.5")]
    public async Task RunAsync_NeverDelivered_AttemptsFollowTheScheduleOneDelayThenOneFailure(StoreKind kind)
    {
        var schedule = new RetrySchedule { Delays = [TimeSpan.FromHours(1), TimeSpan.FromHours(5)], Lifetime = TimeSpan.FromHours(24), DelayNoticeAfter = TimeSpan.FromHours(4), Jitter = 0 };
        await using var bench = new RunnerBench(kind, schedule: schedule);
        await bench.AddAsync("b@one.example");
        var attempts = new List<DateTimeOffset>();
        bench.Agent.Script = (request, _) =>
        {
            if (request.Domain.ToString() != "one.example")
                return Task.FromResult(bench.Agent.Report(request, Disposition.Delivered));
            attempts.Add(bench.Time.GetUtcNow());
            return Task.FromResult(bench.Agent.Report(request, Disposition.Transient));
        };
        bench.Run();
        int[] hours = [1, 3, 5, 5, 5, 5];                          // the attempt of the notice is made at 4 hours, the last one at 24
        foreach (var pause in hours)
            await bench.Time.PassAsync(TimeSpan.FromHours(pause));
        while ((await bench.ListAsync()).Count > 0)
            await bench.Store.DoneAsync(StoreCall.Complete);

        Assert.Equal([0, 1, 4, 9, 14, 19, 24], attempts.Select(at => (at - RunnerBench.Start).TotalHours));
        Assert.Equal(2, bench.Store.Notices.Count);
        var delay = new ParsedNotice(bench.Store.Notices[0]);
        Assert.Equal(("delayed", "4.4.1"), (delay.Recipients[0]["Action"], delay.Recipients[0]["Status"]));
        Assert.Equal("Mon, 02 Mar 2026 08:00:00 +0000", delay.Recipients[0]["Will-Retry-Until"]);
        foreach (var hour in new[] { 9, 14, 19, 24 })
            Assert.Contains((RunnerBench.Start + TimeSpan.FromHours(hour)).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", null), delay.Text, StringComparison.Ordinal);
        var failure = new ParsedNotice(bench.Store.Notices[1]);
        Assert.Equal(("failed", "4.4.1"), (failure.Recipients[0]["Action"], failure.Recipients[0]["Status"]));
        Assert.Contains("Given up 1 day after it was accepted. The last attempt: No host answered.", failure.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@[192.0.2.1]")]
    [Trait("rfc", "5321#6.1")]
    public async Task RunAsync_NobodyToTell_NoNoticeAndALogLine(string sender)
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync(RunnerBench.Message(sender, "b@one.example", "c@one.example"));
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, Disposition.Permanent));
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Stop();

        Assert.Empty(await bench.ListAsync());
        Assert.Empty(bench.Store.Notices);
        Assert.Contains("2 recipients", Assert.Single(bench.Log.Texts(1608)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsDemand.RequireTls, TlsDemand.RequireTls)]
    [InlineData(TlsDemand.TlsRequiredNo, TlsDemand.Default)]
    [InlineData(TlsDemand.Default, TlsDemand.Default)]
    [Trait("rfc", "8689#5")]
    public async Task RunAsync_DemandOfTheMessage_NoticeIsProtectedLikeIt(TlsDemand demand, TlsDemand expected)
    {
        await using var bench = new RunnerBench(StoreKind.Sqlite);
        var message = RunnerBench.Message("a@sender.example", "b@one.example");
        await bench.AddAsync(message with { Envelope = message.Envelope with { TlsDemand = demand } });
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, request.Domain.ToString() == "one.example" ? Disposition.Permanent : Disposition.Delivered));
        bench.Run();
        Assert.Equal(demand, (await bench.Agent.NextCallAsync()).Envelope.TlsDemand);
        var carried = await bench.Agent.NextCallAsync();
        Assert.Equal(("sender.example", expected), (carried.Domain.ToString(), carried.Envelope.TlsDemand));
    }

    [Fact]
    public async Task RunAsync_HeaderCannotBeRead_NoticeGoesWithoutIt()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync(RunnerBench.Message("a@sender.example", "b@one.example") with { Content = new BrokenContent() });
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, Disposition.Permanent));
        bench.Run();
        await bench.Store.DoneAsync(StoreCall.Complete);
        await bench.Stop();

        Assert.Equal("failed", new ParsedNotice(Assert.Single(bench.Store.Notices)).Recipients[0]["Action"]);
        Assert.Equal(1, bench.Log.Count(1615));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]                                                // after the end of the lifetime, when there is no next attempt by the schedule
    public async Task RunAsync_NoticeCannotBeMade_WhatIsDeliveredStaysDelivered_AndTheOthersStay(int days)
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example", "c@one.example");
        bench.Time.Advance(TimeSpan.FromDays(days));
        bench.Agent.Script = (request, _) =>
        {
            var report = bench.Agent.Report(request, path => path.LocalPart == "b" ? Disposition.Delivered : Disposition.Permanent);
            if (request.Attempt == 1)
                report = report with { Recipients = [report.Recipients[0], report.Recipients[1] with { RemoteReply = new(550, null, null!) }] };
            return Task.FromResult(report);
        };
        bench.Run();
        await bench.Time.SetAsync(TimeSpan.FromMinutes(15));

        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal(("c@one.example", bench.Time.GetUtcNow().AddMinutes(15)), (Assert.Single(entry.Recipients).Recipient.ToString(), entry.Due));
        Assert.Equal((1, 0), (bench.Log.Count(1616), bench.Log.Count(1614)));
        await bench.Store.DoneAsync(StoreCall.Complete);
        bench.Time.Advance(TimeSpan.FromMinutes(15));
        await bench.Store.DoneAsync(StoreCall.Complete);           // this time the sender is told
        Assert.Equal("failed", new ParsedNotice(Assert.Single(bench.Store.Notices)).Recipients[0]["Action"]);
    }

    [Fact]
    public async Task RunAsync_StoreTooFullForADelayNotice_ResultIsRecordedWithoutIt()
    {
        await using var bench = new RunnerBench();
        await bench.AddAsync("b@one.example");
        bench.Time.Advance(TimeSpan.FromHours(5));
        bench.Agent.Script = (request, _) => Task.FromResult(bench.Agent.Report(request, Disposition.Transient));
        var failures = 0;
        bench.Store.Trouble = call => call == StoreCall.Complete && failures++ == 0 ? StoreFailure.Full : null;
        bench.Run();
        await bench.Time.PassAsync(TimeSpan.FromSeconds(1));
        var untilNext = TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1);
        await bench.Time.SetAsync(untilNext);                      // the result is recorded: the runner waits for the next attempt

        Assert.Empty(bench.Store.Notices);
        bench.Time.Advance(untilNext);
        await bench.Time.SetAsync(TimeSpan.FromMinutes(30));
        Assert.Equal("delayed", new ParsedNotice(Assert.Single(bench.Store.Notices)).Recipients[0]["Action"]);
    }
}
