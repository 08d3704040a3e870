using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Mail.Security.SmtpServer;

/// <summary>How a call into the user's code ended.</summary>
internal enum CallOutcome : byte
{
    /// <summary>It threw; it was logged.</summary>
    Failed,

    /// <summary>It returned a value.</summary>
    Returned,

    /// <summary>The session's clock ran out meanwhile: nothing but closing is left.</summary>
    TimedOut,
}

/// <summary>What a call into the user's code gave.</summary>
internal readonly record struct CallResult<T>(CallOutcome Outcome, T? Value);

/// <summary>Calls handlers and sinks: each call under the clock, and no exception of theirs gets any further than here.</summary>
internal sealed class HandlerCalls(SessionClock clock, SessionParts parts)
{
    /// <summary>Makes one call. <paramref name="name"/> is for the log.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<CallResult<TResult>> CallAsync<TArgument, TResult>(
        string name, TArgument argument, Func<TArgument, CancellationToken, ValueTask<TResult>> call)
    {
        if (parts.Trace.Current is { } activity)
            Activity.Current = activity;        // within this call only
        var before = clock.Cause;
        clock.Arm(parts.Options.Timeouts.Handler);
        try
        {
            return new(CallOutcome.Returned, await call(argument, clock.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (clock.Cause != ClockCause.None)
        {
            return new(CallOutcome.TimedOut, default);
        }
        catch (Exception exception)
        {
            parts.Trace.Current?.AddException(exception);
            ServerLog.HandlerFailed(parts.Logger, parts.Session.Id, name, exception);
            return new(CallOutcome.Failed, default);
        }
        finally
        {
            clock.Disarm();
            if (before == ClockCause.None && clock.Cause == ClockCause.Limit)
                ServerLog.HandlerTimedOut(parts.Logger, parts.Session.Id, name, parts.Options.Timeouts.Handler);
        }
    }
}
