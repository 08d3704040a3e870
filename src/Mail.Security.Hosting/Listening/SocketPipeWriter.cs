using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Mail.Security.Hosting;

/// <summary>Collects what is written in one pooled array and sends it when it is flushed; between two flushes it holds none.</summary>
/// <remarks>
/// The socket must not block: nearly every flush is over at once, and needs no more than a call. A flush is over when the system took every byte.
/// One that was cancelled may have sent a part: nothing can be sent behind it, and later flushes say that the connection is completed. One caller
/// writes and flushes at a time, and does not write while a flush is on. <see cref="Complete"/> may be called meanwhile: the array then belongs to
/// the flush, which alone gives it back.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The source of its token has no timer and no handle.")]
internal sealed class SocketPipeWriter(Socket socket, SessionScheduling scheduling, ArrayPool<byte> pool) : PipeWriter
{
    private const int SmallestArray = 512;
    private const int Flushing = 1;                             // of _state; the array is the flush's as long as it is on
    private const int Completed = 2;

    private CancellationTokenSource? _stop;                     // ends the flush that is on, and with it the writing
    private byte[]? _array;
    private int _count;
    private int _state;
    private bool _broken;
    private int _cancelRequested;

    /// <summary>Whether a flush failed or was cancelled, so that nothing can be sent any more.</summary>
    public bool IsBroken => _broken;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _count;

    public override Memory<byte> GetMemory(int sizeHint = 0) => MakeRoom(sizeHint).AsMemory(_count);

    public override Span<byte> GetSpan(int sizeHint = 0) => MakeRoom(sizeHint).AsSpan(_count);

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_array?.Length ?? 0) - _count);
        _count += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        var state = Interlocked.CompareExchange(ref _state, Flushing, 0);
        if (state != 0)
            return (state & Completed) != 0 ? new(new FlushResult(isCanceled: false, isCompleted: true)) : throw new InvalidOperationException("A flush is on.");
        // Behind the fence: who raises the flag from now on cancels the token.
        if (Volatile.Read(ref _cancelRequested) != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0)
            return Unsent(new FlushResult(isCanceled: true, isCompleted: _broken));
        if (_broken || _count == 0)
            return Unsent(new FlushResult(isCanceled: false, isCompleted: _broken));
        return SendAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        if ((Volatile.Read(ref _state) & Flushing) != 0)
            Volatile.Read(ref _stop)?.Cancel();
    }

    /// <summary>Nothing more is written. What was not flushed is dropped; <see cref="CompleteAsync"/> sends it.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Or(ref _state, Completed) == 0)
            Release();                                          // else the end of the flush does it
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        try
        {
            if (exception is null && Volatile.Read(ref _state) == 0)
                await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Complete(exception);
        }
    }

    private ValueTask<FlushResult> SendAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        try
        {
            sent = socket.Send(_array.AsSpan(0, _count), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                throw new SocketException((int)error);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _broken = true;
            EndFlush();
            return ValueTask.FromException<FlushResult>(exception);
        }
        if (sent < _count)
            return SendAsync(sent, cancellationToken);
        EndFlush();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(int sent, CancellationToken cancellationToken)
    {
        _broken = true;                                         // until everything is sent
        var stop = new CancellationTokenSource();
        Interlocked.Exchange(ref _stop, stop);                  // before the flag is looked at: who raises it from now on cancels this
        if (Volatile.Read(ref _cancelRequested) != 0)
            await stop.CancelAsync().ConfigureAwait(false);
        var registration = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), stop);
        try
        {
            while (sent < _count)
                sent += await socket.SendAsync(_array.AsMemory(sent, _count - sent), SocketFlags.None, stop.Token).ConfigureAwait(false);
            _broken = false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && Interlocked.Exchange(ref _cancelRequested, 0) != 0)
        {
            return new FlushResult(isCanceled: true, isCompleted: true);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            registration.Dispose();
            EndFlush();
        }
        if (scheduling == SessionScheduling.ThreadPool && !Thread.CurrentThread.IsThreadPoolThread)
            await Task.Yield();
        return default;
    }

    // Before the flush is over nobody else touches the array, and afterwards it does not.
    private void EndFlush()
    {
        Release();
        Interlocked.And(ref _state, ~Flushing);
    }

    // What was written stays for a later flush, or is dropped when nothing more is written.
    private ValueTask<FlushResult> Unsent(FlushResult result)
    {
        if (Interlocked.CompareExchange(ref _state, 0, Flushing) != Flushing)
            EndFlush();
        return new(result);
    }

    private byte[] MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var state = Volatile.Read(ref _state);
        ObjectDisposedException.ThrowIf((state & Completed) != 0, this);
        if (state != 0)
            throw new InvalidOperationException("A flush is on.");
        var needed = _count + Math.Max(sizeHint, 1);
        if (_array is { } array && array.Length >= needed)
            return array;
        var larger = pool.Rent(Math.Max(SmallestArray, Math.Max(needed, 2 * _count)));
        _array.AsSpan(0, _count).CopyTo(larger);
        if (_array is { } old)
            pool.Return(old);
        return _array = larger;
    }

    private void Release()
    {
        _count = 0;
        if (_array is not { } array)
            return;
        _array = null;
        pool.Return(array);
    }
}
