using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.Queue.Tests;

/// <summary>When messages are tried again (RFC 5321 §4.5.4.1).</summary>
[Trait("rfc", "5321#4.5.4.1")]
public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 15)]
    [InlineData(1, 15)]
    [InlineData(2, 30)]
    [InlineData(3, 60)]
    [InlineData(4, 120)]
    [InlineData(5, 240)]
    [InlineData(6, 240)]
    [InlineData(int.MaxValue, 240)]
    public void DelayAfter_Default_GrowsThenRepeats(int attempt, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), RetrySchedule.Default.DelayAfter(attempt));

    [Theory]
    // attempt, failed after, chance, next after: all in minutes since the acceptance
    [InlineData(1, 0, 0.5, 15.0)]
    [InlineData(1, 0, 0.0, 13.5)]
    [InlineData(1, 0, 1.0, 16.5)]
    [InlineData(1, 0, -7.0, 13.5)]
    [InlineData(1, 0, 7.0, 16.5)]
    [InlineData(4, 105, 0.5, 225.0)]
    [InlineData(5, 225, 0.5, 240.0)]                               // the notice of delay falls between: the attempt is made then
    [InlineData(5, 240, 0.5, 480.0)]
    [InlineData(6, 7199, 0.5, 7200.0)]                             // the end of the lifetime
    public void NextAttempt_Default_StopsAtTheNoticeAndAtTheEnd(int attempt, int failed, double chance, double next) =>
        Assert.Equal(Received.AddMinutes(next), RetrySchedule.Default.NextAttempt(Received, Received.AddMinutes(failed), attempt, chance));

    [Theory]
    [InlineData(7200)]
    [InlineData(7201)]
    [InlineData(72000)]
    public void NextAttempt_LifetimeOver_Null(int failed) =>
        Assert.Null(RetrySchedule.Default.NextAttempt(Received, Received.AddMinutes(failed), 9));

    [Theory]
    [InlineData(239, false)]
    [InlineData(240, true)]
    [InlineData(7199, true)]
    [InlineData(7200, false)]
    public void IsNoticeDue_Default_FromFourHoursToTheEnd(int minutes, bool due)
    {
        Assert.Equal(due, RetrySchedule.Default.IsNoticeDue(Received, Received.AddMinutes(minutes)));
        Assert.False((RetrySchedule.Default with { DelayNoticeAfter = null }).IsNoticeDue(Received, Received.AddMinutes(minutes)));
    }

    [Fact]
    public void Upcoming_AfterTheNoticeOfTheDefault_EveryFourHoursToTheEndOfTheLifetime()
    {
        var next = RetrySchedule.Default.NextAttempt(Received, Received.AddHours(4), 6)!.Value;
        Assert.Equal(Enumerable.Range(2, 29).Select(i => Received.AddHours(4 * i)), RetrySchedule.Default.Upcoming(Received, next, 6));
    }

    public static TheoryData<string, Func<RetrySchedule>> Bad => new()
    {
        { "no delay", () => new RetrySchedule { Delays = [] } },
        { "delay of zero", () => new RetrySchedule { Delays = [TimeSpan.FromHours(1), TimeSpan.Zero] } },
        { "lifetime", () => new RetrySchedule { Lifetime = TimeSpan.Zero } },
        { "endless lifetime", () => new RetrySchedule { Lifetime = TimeSpan.MaxValue } },
        { "endless delay", () => new RetrySchedule { Delays = [TimeSpan.MaxValue] } },
        { "endless notice", () => new RetrySchedule { DelayNoticeAfter = TimeSpan.FromDays(367) } },
        { "notice", () => new RetrySchedule { DelayNoticeAfter = TimeSpan.Zero } },
        { "jitter", () => new RetrySchedule { Jitter = 0.51 } },
        { "negative jitter", () => new RetrySchedule { Jitter = -0.01 } },
        { "no number", () => new RetrySchedule { Jitter = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Init_ValueOutsideItsRange_Throws(string value, Func<RetrySchedule> make) =>
        Assert.True(Assert.ThrowsAny<ArgumentException>(make).Message.Length > 0, value);

    [Fact]
    public void Delays_ListChangedLater_ScheduleIsNot()
    {
        List<TimeSpan> delays = [TimeSpan.FromHours(1)];
        var schedule = new RetrySchedule { Delays = delays };
        delays[0] = TimeSpan.FromHours(2);
        Assert.Equal(TimeSpan.FromHours(1), schedule.DelayAfter(1));
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Schedules)])]
    public void NextAttempt_AnySchedule_LaterThanNowAndNeverPastTheEnd(RetrySchedule schedule, PositiveInt attempt, NonNegativeInt seconds, byte chance)
    {
        var now = Received.AddSeconds(seconds.Get);
        var next = schedule.NextAttempt(Received, now, attempt.Get, chance / 255.0);
        Assert.Equal(now >= schedule.Expiry(Received), next is null);
        if (next is { } at)
            Assert.InRange(at, now + TimeSpan.FromTicks(1), schedule.Expiry(Received));
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Schedules)])]
    public void NextAttempt_NoticeStillToCome_NeverPassedOver(RetrySchedule schedule, PositiveInt attempt, NonNegativeInt seconds, byte chance)
    {
        if (schedule.DelayNoticeAfter is not { } after || after >= schedule.Lifetime)
            return;
        var now = Received.AddSeconds(seconds.Get % Math.Max(1, (int)after.TotalSeconds));
        Assert.InRange(schedule.NextAttempt(Received, now, attempt.Get, chance / 255.0)!.Value, now, Received + after);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Schedules)])]
    public void Upcoming_AnySchedule_IsWhatNextAttemptDoes(RetrySchedule schedule, NonNegativeInt seconds)
    {
        var now = Received.AddSeconds(seconds.Get % (int)schedule.Lifetime.TotalSeconds);
        var walked = new List<DateTimeOffset>();
        var attempt = 3;
        for (var at = schedule.NextAttempt(Received, now, attempt); at is { } instant; at = schedule.NextAttempt(Received, instant, ++attempt))
            walked.Add(instant);
        var upcoming = schedule.Upcoming(Received, schedule.NextAttempt(Received, now, 3)!.Value, 3).ToList();

        Assert.Equal(walked, upcoming);
        Assert.Equal(schedule.Expiry(Received), upcoming[^1]);
        Assert.Equal(upcoming.Order().Distinct(), upcoming);
    }

    [Property(MaxTest = 200)]
    public void QueueBackoff_AnyCount_BetweenTheFirstPauseAndTheLimit(PositiveInt failures, PositiveInt limit)
    {
        var pause = QueueBackoff.After(failures.Get, TimeSpan.FromSeconds(limit.Get));
        Assert.InRange(pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(limit.Get));
        Assert.True(QueueBackoff.After(failures.Get + 1, TimeSpan.FromSeconds(limit.Get)) >= pause);
    }

    public static class Schedules
    {
        public static Arbitrary<RetrySchedule> Schedule() => (
            from delays in Gen.NonEmptyListOf(Gen.Choose(60, 40_000))
            from lifetime in Gen.Choose(1, 500_000)
            from notice in Gen.Choose(0, 500_000)
            from jitter in Gen.Choose(0, 50)
            select new RetrySchedule
            {
                Delays = [.. delays.Select(seconds => TimeSpan.FromSeconds(seconds))],
                Lifetime = TimeSpan.FromSeconds(lifetime),
                DelayNoticeAfter = notice == 0 ? null : TimeSpan.FromSeconds(notice),
                Jitter = jitter / 100.0,
            }).ToArbitrary();
    }
}
