using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SmtpServer.Tests.Connection;

public sealed class SessionClockTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Arm_TimePasses_CancelsForGood()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal((false, ClockCause.None), (clock.Token.IsCancellationRequested, clock.Cause));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal((true, ClockCause.Limit), (clock.Token.IsCancellationRequested, clock.Cause));
    }

    [Fact]
    public void Disarm_TimePasses_NothingHappens()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(10));
        clock.Disarm();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(ClockCause.None, clock.Cause);
    }

    [Fact]
    public void Arm_AgainAndAgain_HasItsOwnLimitEachTime()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
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
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.Arm(TimeSpan.FromSeconds(1));
        clock.Disarm();
        _time.Advance(TimeSpan.FromHours(1));       // the timer fired while no wait was on
        clock.Arm(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void Shutdown_ShortensEveryWait()
    {
        using var shutdown = new CancellationTokenSource();
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(30), CancellationToken.None, shutdown.Token);
        clock.Arm(TimeSpan.FromMinutes(5));
        shutdown.Cancel();
        _time.Advance(TimeSpan.FromSeconds(10));
        clock.Disarm();
        clock.Arm(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(ClockCause.ShutdownGrace, clock.Cause);
    }

    [Fact]
    public void Shutdown_ShorterLimit_StaysALimit()
    {
        using var shutdown = new CancellationTokenSource();
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(30), CancellationToken.None, shutdown.Token);
        shutdown.Cancel();
        clock.Arm(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    // Against the plainest clock there is: whatever was armed, lifted and shortened, the time runs out at its moment, not before and not after.
    [Property(MaxTest = 500)]
    public void AnyCourse_EndsExactlyAtItsTime(byte[] steps)
    {
        using var shutdown = new CancellationTokenSource();
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(45), CancellationToken.None, shutdown.Token);
        var (now, due, closing, idle) = (0L, long.MaxValue, long.MaxValue, false);
        foreach (var step in steps)
        {
            long time = step / 4;
            switch (step % 4)
            {
                case 0:
                    clock.Arm(TimeSpan.FromSeconds(time));
                    (due, idle) = (Math.Min(now + time, closing), time % 8 == 7);
                    if (idle && due > now)
                        clock.Idle();
                    break;
                case 1:
                    clock.Disarm();
                    (due, idle) = (long.MaxValue, false);
                    break;
                case 2 when closing == long.MaxValue && time > 40:
                    shutdown.Cancel();
                    closing = now + 45;
                    due = due == long.MaxValue ? due : Math.Min(due, closing);
                    break;
                default:
                    _time.Advance(TimeSpan.FromSeconds(time));
                    now += time;
                    break;
            }
            var expected = due > now ? idle && closing != long.MaxValue ? ClockCause.ShutdownGrace : ClockCause.None : due == closing ? ClockCause.ShutdownGrace : ClockCause.Limit;
            Assert.Equal((expected, expected != ClockCause.None), (clock.Cause, clock.Token.IsCancellationRequested));
            if (expected != ClockCause.None)
                return;
        }
    }

    [Fact]
    public void BeginCall_FirstBehindAWait_HasExactlyItsTime()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        var began = clock.Arm(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), clock.Lift(began));
        clock.BeginCall(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(ClockCause.None, clock.Cause);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal((true, ClockCause.Limit), (clock.Token.IsCancellationRequested, clock.Cause));
    }

    [Fact]
    public void BeginCall_ManyThatReturn_ShareNoLimit()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        for (var call = 0; call < 100; call++)
        {
            clock.BeginCall(TimeSpan.FromSeconds(10));
            _time.Advance(TimeSpan.FromSeconds(9));
            clock.EndCall();
        }
        _time.Advance(TimeSpan.FromMinutes(1));     // none is on
        Assert.Equal(ClockCause.None, clock.Cause);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9.999)]
    public void BeginCall_LaterOneThatLasts_EndsBetweenItsTimeAndTwiceThat(double before)
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.BeginCall(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(before));
        clock.EndCall();
        clock.BeginCall(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(ClockCause.None, clock.Cause);
        for (var later = 0; later < 10_001; later++)
            _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void BeginCall_WithinAShutdown_EndsWithTheGrace()
    {
        using var shutdown = new CancellationTokenSource();
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(30), CancellationToken.None, shutdown.Token);
        clock.BeginCall(TimeSpan.FromMinutes(5));
        clock.EndCall();
        shutdown.Cancel();
        clock.BeginCall(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ClockCause.None, clock.Cause);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.ShutdownGrace, clock.Cause);
    }

    [Fact]
    public void Arm_BehindCalls_HasItsOwnLimit()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.BeginCall(TimeSpan.FromSeconds(10));
        clock.EndCall();
        clock.Arm(TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void Shutdown_WhileIdle_EndsTheWaitAtOnce()
    {
        using var shutdown = new CancellationTokenSource();
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(30), CancellationToken.None, shutdown.Token);
        clock.Arm(TimeSpan.FromMinutes(5));
        clock.Idle();
        Assert.Equal(ClockCause.None, clock.Cause);
        shutdown.Cancel();
        Assert.Equal((true, ClockCause.ShutdownGrace), (clock.Token.IsCancellationRequested, clock.Cause));
    }

    [Fact]
    public void Idle_WithinAShutdown_EndsAtOnce()
    {
        using var clock = new SessionClock(_time, TimeSpan.FromSeconds(30), CancellationToken.None, new CancellationToken(true));
        clock.Arm(TimeSpan.FromMinutes(5));
        Assert.Equal(ClockCause.None, clock.Cause);
        clock.Idle();
        Assert.Equal(ClockCause.ShutdownGrace, clock.Cause);
    }

    [Fact]
    public void Look_GoesOn()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        var since = clock.Arm(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(4), clock.Look(ref since));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((TimeSpan.FromSeconds(5), ClockCause.None), (clock.Look(ref since), clock.Cause));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClockCause.Limit, clock.Cause);
    }

    [Fact]
    public void Arm_LongerThanATimerHolds_IsNoError()
    {
        using var clock = new SessionClock(_time, Grace, CancellationToken.None, CancellationToken.None);
        clock.Arm(TimeSpan.MaxValue);
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(ClockCause.None, clock.Cause);
    }

    [Fact]
    public void Abort_CancelsBothTokens()
    {
        using var abort = new CancellationTokenSource();
        using var clock = new SessionClock(_time, Grace, abort.Token, CancellationToken.None);
        Assert.False(clock.Aborted.IsCancellationRequested);
        abort.Cancel();
        Assert.Equal((true, true, ClockCause.Abort), (clock.Token.IsCancellationRequested, clock.Aborted.IsCancellationRequested, clock.Cause));
    }

    // What a timer's callback throws would end the process, and what that of an abort throws would keep the sessions behind this one.
    [Theory]
    [InlineData(ClockCause.Limit)]
    [InlineData(ClockCause.ShutdownGrace)]
    [InlineData(ClockCause.Abort)]
    public void Token_WhoseListenerThrows_HarmsNobody(object cause)
    {
        using var shutdown = new CancellationTokenSource();
        using var abort = new CancellationTokenSource();
        using var clock = new SessionClock(_time, Grace, abort.Token, shutdown.Token);
        var heard = 0;
        clock.Token.Register(() => heard++);
        clock.Token.Register(() => throw new InvalidOperationException("a handler's listener is broken"));
        clock.Token.Register(() => heard++);
        clock.Arm(TimeSpan.FromSeconds(10));
        clock.Idle();
        switch (cause)
        {
            case ClockCause.Limit:
                _time.Advance(TimeSpan.FromSeconds(10));
                break;
            case ClockCause.ShutdownGrace:
                shutdown.Cancel();
                break;
            default:
                abort.Cancel();
                break;
        }
        Assert.Equal((cause, 2), (clock.Cause, heard));
    }

    [Fact]
    public async Task Disarm_WhileTheTimerFires_TheWaitIsOverInTimeOrItIsNot()
    {
        for (var round = 0; round < 20_000; round++)
        {
            var time = new HandTime();
            var clock = new SessionClock(time, Grace, CancellationToken.None, CancellationToken.None);
            clock.Arm(TimeSpan.FromSeconds(1));
            time.Advance(TimeSpan.FromSeconds(1));
            var firing = 0;
            var timer = Task.Run(() =>
            {
                Volatile.Write(ref firing, 1);
                time.Fire();
            }, TestContext.Current.CancellationToken);
            SpinWait.SpinUntil(() => Volatile.Read(ref firing) != 0);
            Thread.SpinWait(round % 60);
            clock.Disarm();
            var cause = clock.Cause;
            await timer;
            Assert.Equal(cause, clock.Cause);
        }
    }

    [Fact]
    public void Timer_FiringWhileTheClockIsDisposed_HarmsNobody()
    {
        // A timer's callback may be under way when the timer is disposed; what it throws there would end the process.
        var time = new HandTime();
        var clock = new SessionClock(time, Grace, CancellationToken.None, CancellationToken.None);
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
