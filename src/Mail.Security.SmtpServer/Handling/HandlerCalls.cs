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
internal sealed class HandlerCalls(SessionClock clock, ReplySender replies, SessionParts parts)
{
    /// <summary>Makes one call. <paramref name="name"/> is for the log.</summary>
    public ValueTask<CallResult<TResult>> CallAsync<TArgument, TResult>(string name, TArgument argument, Func<TArgument, CancellationToken, ValueTask<TResult>> call)
    {
        var before = clock.Cause;
        clock.BeginCall(parts.Options.Timeouts.Handler);
        ValueTask<TResult> answer;
        try
        {
            answer = parts.Trace.Current is { } activity ? Within(activity, argument, call) : call(argument, clock.Token);
            if (answer.IsCompletedSuccessfully)
            {
                Over(name, before);
                return new(new CallResult<TResult>(CallOutcome.Returned, answer.Result));
            }
        }
        catch (Exception exception)
        {
            return new(Failed<TResult>(name, before, exception));
        }
        return AnsweredAsync(name, before, answer);
    }

    /// <summary>A call that gives nothing, as one that gives something.</summary>
    public static ValueTask<bool> Done(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully)
            return AwaitedAsync(call);
        call.GetAwaiter().GetResult();      // whoever made it may use it again
        return new(true);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<bool> AwaitedAsync(ValueTask call)
        {
            await call.ConfigureAwait(false);
            return true;
        }
    }

    // The activity is current for the handler and what it starts, and for nobody else.
    private ValueTask<TResult> Within<TArgument, TResult>(Activity activity, TArgument argument, Func<TArgument, CancellationToken, ValueTask<TResult>> call)
    {
        var outer = Activity.Current;
        Activity.Current = activity;
        try
        {
            return call(argument, clock.Token);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CallResult<TResult>> AnsweredAsync<TResult>(string name, ClockCause before, ValueTask<TResult> answer)
    {
        try
        {
            if (!answer.IsCompleted)
            {
                // Who waits to hear what became of a message waits for no handler. That the client is gone shows at the next read.
                if (replies.HoldsResult)
                    await replies.FlushAsync().ConfigureAwait(false);
                clock.Arm(parts.Options.Timeouts.Handler);
            }
            var value = await answer.ConfigureAwait(false);
            Over(name, before);
            return new(CallOutcome.Returned, value);
        }
        catch (Exception exception)
        {
            return Failed<TResult>(name, before, exception);
        }
        finally
        {
            clock.Disarm();
        }
    }

    private CallResult<TResult> Failed<TResult>(string name, ClockCause before, Exception exception)
    {
        var outOfTime = exception is OperationCanceledException && clock.Cause != ClockCause.None;
        if (!outOfTime)
        {
            parts.Trace.AddException(exception);
            ServerLog.HandlerFailed(parts.Logger, parts.Session.Id, name, exception);
        }
        Over(name, before);
        return new(outOfTime ? CallOutcome.TimedOut : CallOutcome.Failed, default);
    }

    private void Over(string name, ClockCause before)
    {
        clock.EndCall();
        if (before == ClockCause.None && clock.Cause == ClockCause.Limit && !replies.IsStuck)
            ServerLog.HandlerTimedOut(parts.Logger, parts.Session.Id, name, parts.Options.Timeouts.Handler);
    }
}
