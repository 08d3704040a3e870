using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Queue.Tests;

/// <summary>A clock that stands still and tells which timers were set, so that a test advances it only when the code waits.</summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of this length is set; timers set before it are passed over.</summary>
    public async Task SetAsync(TimeSpan length)
    {
        while (await Wait.For(_timers.Reader.ReadAsync().AsTask()) != length)
        {
        }
    }

    /// <summary>Waits until a timer of this length is set, then lets the time pass.</summary>
    public async Task PassAsync(TimeSpan length)
    {
        await SetAsync(length);
        Advance(length);
    }
}
