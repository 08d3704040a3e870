using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Mail.Security.Hosting;

/// <summary>Reads a socket into one pooled array, which holds what was received and not yet consumed.</summary>
/// <remarks>
/// <para>The array grows while reads fill it and shrinks again. A wait with nothing unconsumed holds none: it is for no bytes at all, and the array
/// is rented when there is something to read. That costs one more system call for each wait, so a connection that proved busy is spared
/// it: its waits hold their array, until <see cref="ReleaseIdle"/> finds one that lasts.</para>
/// <para>A wait that is cancelled takes its receive back, and nothing that was received is lost. One caller reads at a time;
/// <see cref="CancelPendingRead"/> and <see cref="ReleaseIdle"/> may be called beside it, and <see cref="Complete"/> while a read is awaited: the array then
/// belongs to the read, which alone gives it back.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The sources of its tokens have no timer and no handle.")]
internal sealed class SocketPipeReader(Socket socket, SessionScheduling scheduling, ArrayPool<byte> pool) : PipeReader
{
    private const int SmallestArray = 4 * 1024;
    private const int LargestArray = 128 * 1024;
    private const int LeastRoom = 1024;
    private const int BusyAfter = 4;                        // reads without a long wait among them
    private const int MostAtOnce = 64;                      // reads without any wait, before others get the thread
    private const int Waiting = 1;                          // of _state; the array is the read's as long as it is on
    private const int Completed = 2;

    private byte[]? _array;
    private int _start;                                     // from here on it is not consumed
    private int _examined;                                  // from here on not even looked at
    private int _end;
    private int _size = SmallestArray;
    private int _atOnce;
    private bool _ended;
    private int _state;
    private Exception? _failure;
    private CancellationTokenSource _stop = new();          // ends the wait that is on, whoever wants that
    private CancellationToken _watched;
    private CancellationToken _watchedBefore;
    private CancellationTokenRegistration _listening;
    private CancellationTokenRegistration _listeningBefore;
    private int _cancelRequested;
    private volatile bool _waitsWithArray;
    private volatile int _reads;                            // since the last long wait
    private int _readsSeen;

    private ReadOnlySequence<byte> Buffer => _array is null ? default : new(_array, _start, _end - _start);

    private bool IsEmpty => _start == _end;

    private bool IsCompleted => (Volatile.Read(ref _state) & Completed) != 0;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_stop.IsCancellationRequested)
            Renew();                                        // before the token and the flag are looked at: who raises them then cancels what is in place
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (TryRead(out var result))
            return new(result);
        if (IsEmpty && _reads < BusyAfter)
            Release();
        var receive = Begin();
        if (_array is null || !receive.IsCompletedSuccessfully || ++_atOnce >= MostAtOnce)
            return ReceiveAsync(receive, cancellationToken);
        Received(receive.Result);
        return new(Take(canceled: false));
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfBusy();
        var canceled = Volatile.Read(ref _cancelRequested) != 0 && Interlocked.Exchange(ref _cancelRequested, 0) != 0;
        var known = canceled || _examined < _end || _ended;
        result = known ? Take(canceled) : default;
        return known || _failure is null ? known : throw _failure;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfBusy();
        var (start, seen) = (IndexOf(consumed), IndexOf(examined));
        if (start < _start || seen < start || seen > _end)
            throw new ArgumentOutOfRangeException(nameof(consumed), "The positions are not of the last read, or out of order.");
        (_start, _examined) = (start, seen);
    }

    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _cancelRequested, 1);
        Stop();
    }

    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Or(ref _state, Completed) != 0)
            return;                                         // the end of the read does it
        Release();
        Unwatch();
    }

    /// <summary>Makes a wait that was on at the last call already give its array back. One thread calls it at a time.</summary>
    public void ReleaseIdle()
    {
        var reads = _reads;
        if (_waitsWithArray && reads == _readsSeen)
            Stop();
        _readsSeen = reads;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync(ValueTask<int> receive, CancellationToken cancellationToken)
    {
        Interlocked.Or(ref _state, Waiting);
        if (_atOnce >= MostAtOnce)
            await Task.Yield();
        _atOnce = 0;
        Watch(cancellationToken);
        var (received, cancelled) = (false, false);
        ReadResult result = default;
        try
        {
            while (!received && !cancelled)
            {
                try
                {
                    _waitsWithArray = _array is not null && IsEmpty;
                    var count = await receive.ConfigureAwait(false);
                    received = _array is not null;
                    if (received)
                        Received(count);
                    else
                        _array = pool.Rent(_size);          // there is something to receive now
                }
                catch (OperationCanceledException) when (!IsCompleted)
                {
                    Renew();                                // before it is known why: who wants an end from now on cancels this one
                    cancellationToken.ThrowIfCancellationRequested();
                    cancelled = Interlocked.Exchange(ref _cancelRequested, 0) != 0;
                    if (!cancelled)
                        BecomeIdle();
                }
                if (!received && !cancelled)
                    receive = Begin();
            }
            _waitsWithArray = false;
            if (scheduling == SessionScheduling.ThreadPool && !Thread.CurrentThread.IsThreadPoolThread)
                await Task.Yield();
            result = Take(cancelled);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _failure = exception;
            throw;
        }
        finally
        {
            _waitsWithArray = false;
            EndWait(ref result);
        }
        return result;
    }

    // When it was completed meanwhile the array goes, and nobody sees it any more.
    private void EndWait(ref ReadResult result)
    {
        if (Interlocked.CompareExchange(ref _state, 0, Waiting) == Waiting)
            return;
        result = default;
        Release();
        Unwatch();
        Volatile.Write(ref _state, Completed);
    }

    // A session waits with one of two tokens: each is listened to once, and not anew for every wait. One that is cancelled while the other is
    // waited with disturbs that wait, which then goes on.
    private void Watch(CancellationToken token)
    {
        if (token == _watched || token == _watchedBefore || !token.CanBeCanceled)
            return;
        _listeningBefore.Unregister();
        (_watchedBefore, _listeningBefore) = (_watched, _listening);
        (_watched, _listening) = (token, token.UnsafeRegister(static reader => ((SocketPipeReader)reader!).Stop(), this));
    }

    private void Unwatch()
    {
        _listening.Unregister();
        _listeningBefore.Unregister();
    }

    private void ThrowIfBusy()
    {
        if (Volatile.Read(ref _state) == 0)
            return;
        ObjectDisposedException.ThrowIf(IsCompleted, this);
        throw new InvalidOperationException("A read is on.");
    }

    private void Stop() => Volatile.Read(ref _stop).Cancel();

    // With a fence: no later look at a flag may come before it, or an end that is wanted in between would be lost.
    private void Renew() => Interlocked.Exchange(ref _stop, new());

    // Waits for anything at all as long as there is no array, and receives into it when there is.
    private ValueTask<int> Begin()
    {
        if (_array is null && _reads < BusyAfter)
            return socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _stop.Token);
        MakeRoom();
        return socket.ReceiveAsync(_array.AsMemory(_end), SocketFlags.None, _stop.Token);
    }

    private void Received(int count)
    {
        _reads++;
        _ended = count == 0;
        if (count == _array!.Length - _end)
            _size = Math.Min(LargestArray, Math.Max(_size, _array.Length) * 4);
        else if (count < _size / 4)
            _size = Math.Max(SmallestArray, _size / 2);
        _end += count;
    }

    private ReadResult Take(bool canceled) => new(Buffer, canceled, _ended);

    private void BecomeIdle()
    {
        _reads = 0;
        if (IsEmpty)
            Release();
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        if (_array is not null && (_array.Length < _size || unread > _array.Length / 2 || (unread == 0 && _array.Length > 2 * _size)))
            Replace(pool.Rent(Math.Max(_size, 2 * unread)));
        else if (_array is null)
            _array = pool.Rent(_size);
        else if (unread == 0 || _array.Length - _end < LeastRoom)
            Replace(_array);
    }

    // What is unread moves to the front.
    private void Replace(byte[] array)
    {
        var old = _array!;
        old.AsSpan(_start, _end - _start).CopyTo(array);
        _array = array;
        (_start, _examined, _end) = (0, _examined - _start, _end - _start);
        if (old != array)
            pool.Return(old);
    }

    private void Release()
    {
        if (_array is not { } array)
            return;
        _array = null;
        (_start, _examined, _end) = (0, 0, 0);
        pool.Return(array);
    }

    // A position of an empty buffer may lie in no array.
    private int IndexOf(SequencePosition position)
    {
        var holder = position.GetObject();
        return holder is not null && holder == (object?)_array ? position.GetInteger() & int.MaxValue
            : IsEmpty ? _start
            : throw new ArgumentOutOfRangeException(nameof(position), "The position is not of the last read.");
    }
}
