using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>The byte stream of a session: reads replies, writes flights, and takes TLS in between.</summary>
/// <remarks>
/// One reader and one writer may be at work at the same time. A reply is read where it lies: code and text are good until the next read. Where the
/// stream is a plain socket what the system takes at once is sent without any waiting machinery.
/// </remarks>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int WriteBlock = 16 * 1024;

    private readonly SmtpSessionSettings _settings;
    private readonly WireLimit _reading;
    private readonly WireLimit _writing;
    private readonly int _maxReply;
    private byte[] _buffer;
    private Stream _stream;
    private Socket? _socket;
    private CancellationToken _caller;
    private Task<int>? _begun;                  // a read that was begun while nobody waited for a reply
    private int _reply;                         // the last reply read lies from here to _start
    private int _start;
    private int _end;

    public SmtpConnection(Stream stream, SmtpSessionSettings settings, TimeProvider time)
    {
        (_stream, _settings, _maxReply) = (stream, settings, settings.Limits.MaxReply);
        (_reading, _writing) = (new WireLimit(time), new WireLimit(time));
        _buffer = new byte[Math.Min(4096, _maxReply)];
        _socket = StreamSeam.PlainSocketOf(stream);
    }

    /// <summary>What <see cref="FlushAsync"/> sends.</summary>
    public OutputBuffer Output { get; } = new();

    /// <summary>Bytes that were read together with the last reply and belong to no reply that was asked for.</summary>
    public bool HasUnread => _end > _start;

    /// <summary>The same, or bytes the operating system holds for us.</summary>
    public bool HasArrived => HasUnread || StreamSeam.HasArrived(_stream);

    /// <summary>The TLS on top; null before the upgrade.</summary>
    public SslStream? Tls => _stream as SslStream;

    /// <summary>The last reply read, as it came.</summary>
    public ReadOnlySpan<byte> ReplyText => _buffer.AsSpan(_reply.._start);

    /// <summary>Lets a token end every wait until the registration is disposed.</summary>
    public CancellationTokenRegistration Heed(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _caller = cancellationToken;
        return cancellationToken.UnsafeRegister(static state => ((SmtpConnection)state!).GiveUp(), this);
    }

    /// <summary>The last reply read, to keep.</summary>
    public SmtpReply KeepReply()
    {
        SmtpReplyReader.TryRead(ReplyText, _maxReply, out var reply, out _, out _);
        return reply.ToReply();
    }

    /// <summary>Reads one reply; the limit is for all of it, however it drips in.</summary>
    public ValueTask<WireReply> ReadAsync(TimeSpan limit) => TryTake(out var reply) ? new(reply) : FillAsync(limit);

    /// <summary>Sends what is in <see cref="Output"/>; the limit is for each block, because a slow server may still be a good one.</summary>
    /// <returns>Null when all was sent.</returns>
    public ValueTask<WireFault?> FlushAsync(TimeSpan limit)
    {
        if (_socket is not { } socket || _writing.Token.IsCancellationRequested)
            return WriteAsync(0, limit);
        var fault = StreamSeam.Send(socket, Output.Written.Span, out var sent);
        if (fault is null && sent < Output.Count)
            return WriteAsync(sent, limit);
        Output.Clear();
        return new(fault);
    }

    /// <summary>Ends a flush that is on.</summary>
    public void StopWriting() => _writing.Cancel();

    /// <summary>Sends what is in <see cref="Output"/>, one command, and reads its reply.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WireReply> ExchangeAsync(TimeSpan limit)
    {
        // Unasked bytes can only be the server's goodbye; anything else would shift every later reply to the wrong command.
        if (HasUnread)
            return Farewell(await ReadAsync(limit).ConfigureAwait(false), WireFault.Unasked);
        var fault = await FlushAsync(limit).ConfigureAwait(false);
        return fault is not null
            ? Farewell(await ReadAsync(_settings.Timeouts.Quit).ConfigureAwait(false), fault)
            : await ReadAsync(limit).ConfigureAwait(false);
    }

    /// <summary>Looks whether anything has come while nobody waited, without waiting for it: begins a read that the next reply goes on with.</summary>
    /// <returns>Null when nothing has come; else why the connection cannot be used. A goodbye is the last reply read then.</returns>
    public WireReply? Look()
    {
        if (HasUnread)
            return TryTake(out var reply) ? Farewell(reply, WireFault.Unasked) : WireReply.Failed(WireFault.Unasked);
        if (_begun is null)
        {
            MakeRoom();
            _begun = StreamSeam.Begin(_stream, _buffer.AsMemory(_end), _reading.Token);
        }
        if (!_begun.IsCompleted)
            return null;
        var unasked = ReadAsync(_settings.Timeouts.Quit).AsTask();
        if (unasked.IsCompletedSuccessfully)
            return unasked.Result is { Fault.Kind: not WireFaultKind.Syntax } failed ? failed : Farewell(unasked.Result, WireFault.Unasked);
        StreamSeam.Forget(unasked);             // half a reply nobody asked for: whatever its end is, the connection is of no use
        return WireReply.Failed(WireFault.Unasked);
    }

    /// <summary>Whether the last reply read, and read whole, was of 2yz.</summary>
    public bool IsLastPositive => ReplyText is [(byte)'2', ..];

    /// <summary>Reads one reply and keeps it.</summary>
    public async ValueTask<WireResult> ReadReplyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var heeded = Heed(cancellationToken);
        return Keep(await ReadAsync(limit).ConfigureAwait(false));
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    public async ValueTask<WireResult> WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var heeded = Heed(cancellationToken);
        try
        {
            Put(bytes.Span);
            return await FlushAsync(limit).ConfigureAwait(false) is { } fault ? WireResult.Failed(fault) : WireResult.Done;
        }
        finally
        {
            Output.Release();
        }
    }

    /// <summary>Sends one command, which may hold credentials, reads its reply and keeps it.</summary>
    public async ValueTask<WireResult> ExchangeAsync(ReadOnlyMemory<byte> command, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var heeded = Heed(cancellationToken);
        try
        {
            Put(command.Span);
            return Keep(await ExchangeAsync(limit).ConfigureAwait(false));
        }
        finally
        {
            Output.Wipe();
        }
    }

    /// <summary>Puts TLS on top; null when the handshake succeeded.</summary>
    public async ValueTask<WireFault?> UpgradeAsync(SslClientAuthenticationOptions options, TimeSpan limit, CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        (_stream, _socket) = (tls, null);       // owned from here on, however the handshake ends
        using var heeded = Heed(cancellationToken);
        _reading.Arm(limit);
        try
        {
            await tls.AuthenticateAsClientAsync(options, _reading.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (StreamSeam.Catches(exception))
        {
            return StreamSeam.FaultOf(exception, _reading, limit, _caller);
        }
        finally
        {
            _reading.Disarm();
        }
    }

    /// <summary>Says goodbye to the TLS layer, so that the server need not suspect a truncation.</summary>
    public async ValueTask ShutdownAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Tls is not { IsAuthenticated: true } tls)
            return;
        using var heeded = Heed(cancellationToken);
        _writing.Arm(limit);
        try
        {
            await tls.ShutdownAsync().WaitAsync(_writing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (StreamSeam.Catches(exception))
        {
            StreamSeam.FaultOf(exception, _writing, limit, _caller);       // a cancellation is thrown; the rest changes nothing any more
        }
        finally
        {
            _writing.Disarm();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _reading.Dispose();
        _writing.Dispose();
        if (_begun is { } begun)
        {
            _begun = null;
            StreamSeam.Forget(begun);
        }
    }

    // A goodbye, or an alert of the TLS layer, says more than the write it made fail.
    private static WireReply Farewell(WireReply last, WireFault fault) =>
        last is { Code: 421 } or { Fault.Kind: WireFaultKind.Tls } ? last : WireReply.Failed(fault);

    private void GiveUp()
    {
        _reading.Cancel();
        _writing.Cancel();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Output.GetSpan(bytes.Length));
        Output.Advance(bytes.Length);
    }

    private WireResult Keep(WireReply reply) => reply.Fault is { } fault ? WireResult.Failed(fault) : new WireResult(KeepReply(), null);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireReply> FillAsync(TimeSpan limit)
    {
        _reading.Arm(limit);
        try
        {
            while (true)
            {
                if (_begun is null)
                    MakeRoom();
                var receive = _begun is { } begun ? new ValueTask<int>(begun) : _stream.ReadAsync(_buffer.AsMemory(_end), _reading.Token);
                _begun = null;
                var count = await receive.ConfigureAwait(false);
                if (count == 0)
                    return WireReply.Failed(HasUnread ? WireFault.ClosedAmidReply : WireFault.Closed);
                _end += count;
                if (TryTake(out var reply))
                    return reply;
            }
        }
        catch (Exception exception) when (StreamSeam.Catches(exception))
        {
            return WireReply.Failed(StreamSeam.FaultOf(exception, _reading, limit, _caller));
        }
        finally
        {
            _reading.Disarm();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WireFault?> WriteAsync(int sent, TimeSpan limit)
    {
        try
        {
            while (sent < Output.Count)
            {
                var block = Output.Written.Slice(sent, Math.Min(Output.Count - sent, WriteBlock));
                var writing = _stream.WriteAsync(block, _writing.Token);
                if (!writing.IsCompleted)
                    _writing.Arm(limit);
                await writing.ConfigureAwait(false);
                _writing.Disarm();
                sent += block.Length;
            }
            return null;
        }
        catch (Exception exception) when (StreamSeam.Catches(exception))
        {
            return StreamSeam.FaultOf(exception, _writing, limit, _caller);
        }
        finally
        {
            _writing.Disarm();
            Output.Clear();
        }
    }

    private bool TryTake(out WireReply taken)
    {
        taken = default;
        if (!HasUnread)
            return false;
        switch (SmtpReplyReader.TryRead(_buffer.AsSpan(_start.._end), _maxReply, out var reply, out var length, out var fault))
        {
            case ReadStatus.Complete:
                (_reply, _start) = (_start, _start + length);
                taken = new WireReply(reply.Code, null);
                return true;
            case ReadStatus.Invalid:
                taken = WireReply.Failed(new WireFault(WireFaultKind.Syntax, $"not an SMTP reply: {fault}"));
                return true;
            default:
                return false;
        }
    }

    // The reader refuses a reply over the limit, so the buffer never needs more than the limit.
    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_reply, _start, _end) = (0, 0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, _maxReply + 1));
    }
}
