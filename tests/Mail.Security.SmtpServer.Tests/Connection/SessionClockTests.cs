using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SmtpServer.Tests.Connection;

public sealed class SessionClockTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Arm_TimePasses_CancelsForGood()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal((false, ClockCause.None), (clock.Token.IsCancellationRequested, clock.Cause));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal((true, ClockCause.Limit), (clock.Token.IsCancellationRequested, clock.Cause));
    }

    [Fact]
    public void Disarm_TimePasses_NothingHappens()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(10));
        clock.Disarm();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(ClockCause.None, clock.Cause);
    }

    [Fact]
    public void Arm_AgainAndAgain_HasItsOwnLimitEachTime()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        for (var wait = 0; wait < 5; wait++)
        {
            clock.Arm(TimeSpan.FromSeconds(10));
            _time.Advance(TimeSpan.FromSeconds(9));
            clock.Disarm();
        }
        clock.Arm(TimeSpan.FromMinutes(5));
        clock.Disarm();
        clock.Arm(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(ClockCause.None, clock.Cause);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void Arm_LongAfterTheLastWait_IsStillKept()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(1));
        clock.Disarm();
        _time.Advance(TimeSpan.FromHours(1));       // the timer fired while no wait was on
        clock.Arm(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void BeginShutdown_ShortensEveryWait()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.Arm(TimeSpan.FromMinutes(5));
        clock.BeginShutdown(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(10));
        clock.Disarm();
        clock.Arm(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(ClockCause.ShutdownGrace, clock.Cause);
    }

    [Fact]
    public void BeginShutdown_ShorterLimit_StaysALimit()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.BeginShutdown(TimeSpan.FromSeconds(30));
        clock.Arm(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void Arm_LongerThanATimerHolds_IsNoError()
    {
        using var clock = new SessionClock(_time, CancellationToken.None);
        clock.Arm(TimeSpan.MaxValue);
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(ClockCause.None, clock.Cause);
    }

    [Fact]
    public void Abort_CancelsBothTokens()
    {
        using var abort = new CancellationTokenSource();
        using var clock = new SessionClock(_time, abort.Token);
        Assert.False(clock.Aborted.IsCancellationRequested);
        abort.Cancel();
        Assert.Equal((true, true, ClockCause.Abort), (clock.Token.IsCancellationRequested, clock.Aborted.IsCancellationRequested, clock.Cause));
    }

    [Fact]
    public void Timer_FiringWhileTheClockIsDisposed_HarmsNobody()
    {
        // A timer's callback may be under way when the timer is disposed; what it throws there would end the process.
        var time = new HandTime();
        var clock = new SessionClock(time, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(1));
        clock.Dispose();
        time.Advance(TimeSpan.FromSeconds(2));
        time.Fire();
        Assert.False(clock.Token.IsCancellationRequested);
    }

    /// <summary>A clock with one timer, which fires when told, disposed or not.</summary>
    private sealed class HandTime : FakeTimeProvider
    {
        private Action? _fire;

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return new DeadTimer();
        }

        private sealed class DeadTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
