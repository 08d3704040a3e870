using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Mail.Security.Hosting;

/// <summary>Collects what is written in one pooled array and sends it when it is flushed; between two flushes it holds none.</summary>
/// <remarks>
/// A flush is over when the system took every byte. One that was cancelled may have sent a part: nothing can be sent behind it, and later flushes say
/// that the connection is completed. One caller writes and flushes at a time, and does not write while a flush is on.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The source of its token has no timer and no handle.")]
internal sealed class SocketPipeWriter(Socket socket, SessionScheduling scheduling, ArrayPool<byte> pool) : PipeWriter
{
    private const int SmallestArray = 512;

    private readonly CancellationTokenSource _stop = new();     // ends the flush that is on, and with it the writing
    private byte[]? _array;
    private int _count;
    private bool _flushing;
    private bool _broken;
    private bool _completed;
    private int _cancelRequested;

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
        if (Volatile.Read(ref _cancelRequested) != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0)
            return new(new FlushResult(isCanceled: true, isCompleted: _broken));
        if (_broken || _completed)
            return new(new FlushResult(isCanceled: false, isCompleted: true));
        if (_count == 0)
            return default;
        _flushing = true;
        var send = socket.SendAsync(_array.AsMemory(0, _count), SocketFlags.None, _stop.Token);
        if (!send.IsCompletedSuccessfully)
            return SendAsync(send, cancellationToken);
        var sent = send.Result;
        if (sent < _count)
            return SendAsync(new(sent), cancellationToken);
        EndFlush();
        return default;
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        if (Volatile.Read(ref _flushing))
            _stop.Cancel();
    }

    /// <summary>Nothing more is written. What was not flushed is dropped; <see cref="CompleteAsync"/> sends it.</summary>
    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        if (!_flushing)
            Release();                                          // else the end of the flush does it
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        try
        {
            if (exception is null && !_completed)
                await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Complete(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ValueTask<int> send, CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static writer => ((SocketPipeWriter)writer!)._stop.Cancel(), this);
        _broken = true;                                         // until everything is sent
        try
        {
            var sent = 0;
            while ((sent += await send.ConfigureAwait(false)) < _count)
                send = socket.SendAsync(_array.AsMemory(sent, _count - sent), SocketFlags.None, _stop.Token);
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

    private void EndFlush()
    {
        Volatile.Write(ref _flushing, false);
        Release();
    }

    private byte[] MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_flushing)
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
