using System.Buffers;
using System.Net.Security;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>The byte stream of a session: reads replies, writes flights, and takes TLS in between.</summary>
/// <remarks>One reader and one writer may be at work at the same time.</remarks>
internal sealed class SmtpConnection(Stream stream, SmtpSessionSettings settings, TimeProvider time) : IAsyncDisposable
{
    private readonly int _maxReply = settings.Limits.MaxReply;
    private const int WriteBlock = 16 * 1024;
    private byte[] _buffer = new byte[Math.Min(4096, settings.Limits.MaxReply)];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    /// <summary>Bytes that were read together with the last reply and belong to no reply that was asked for.</summary>
    public bool HasUnread => _end > _start;

    /// <summary>The same, or bytes the operating system holds for us.</summary>
    public bool HasArrived => HasUnread || StreamSeam.HasArrived(_stream);

    /// <summary>Reads one reply; the limit is for all of it, however it drips in.</summary>
    public ValueTask<WireResult> ReadReplyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var buffered = TakeReply();
        return buffered is { } result ? ValueTask.FromResult(result) : StreamSeam.RunAsync(FillAsync, limit, time, cancellationToken);
    }

    /// <summary>Writes all of <paramref name="bytes"/>; the limit is for each block, because a slow server may still be a good one.</summary>
    public async ValueTask<WireResult> WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var block = bytes[..Math.Min(bytes.Length, WriteBlock)];
            bytes = bytes[block.Length..];
            var result = await StreamSeam.RunAsync(async token =>
            {
                await _stream.WriteAsync(block, token).ConfigureAwait(false);
                return WireResult.Done;
            }, limit, time, cancellationToken).ConfigureAwait(false);
            if (result.Fault is not null)
                return result;
        }
        return WireResult.Done;
    }

    /// <summary>Sends one command and reads its reply.</summary>
    public async ValueTask<WireResult> ExchangeAsync(ReadOnlyMemory<byte> command, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Unasked bytes can only be the server's goodbye; anything else would shift every later reply to the wrong command.
        if (HasUnread)
            return Farewell(await ReadReplyAsync(limit, cancellationToken).ConfigureAwait(false), new WireFault(WireFaultKind.Syntax, "a reply to no command"));
        var written = await WriteAsync(command, limit, cancellationToken).ConfigureAwait(false);
        return written.Fault is { } fault
            ? Farewell(await ReadReplyAsync(settings.Timeouts.Quit, cancellationToken).ConfigureAwait(false), fault)
            : await ReadReplyAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts TLS on top; null when the handshake succeeded.</summary>
    public async ValueTask<WireFault?> UpgradeAsync(SslClientAuthenticationOptions options, TimeSpan limit, CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;              // owned from here on, however the handshake ends
        var result = await StreamSeam.RunAsync(async token =>
        {
            await tls.AuthenticateAsClientAsync(options, token).ConfigureAwait(false);
            return WireResult.Done;
        }, limit, time, cancellationToken).ConfigureAwait(false);
        return result.Fault;
    }

    /// <summary>The TLS on top; null before the upgrade.</summary>
    public SslStream? Tls => _stream as SslStream;

    /// <summary>Says goodbye to the TLS layer, so that the server need not suspect a truncation.</summary>
    public async ValueTask ShutdownAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Tls is not { IsAuthenticated: true } tls)
            return;
        await StreamSeam.RunAsync(async token =>
        {
            await tls.ShutdownAsync().WaitAsync(token).ConfigureAwait(false);
            return WireResult.Done;
        }, limit, time, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    // A goodbye, or an alert of the TLS layer, says more than the write it made fail.
    private static WireResult Farewell(WireResult last, WireFault fault) =>
        last.Reply is { Code: 421 } || last.Fault is { Kind: WireFaultKind.Tls } ? last : WireResult.Failed(fault);

    private async ValueTask<WireResult> FillAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            MakeRoom();
            var count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return WireResult.Failed(_end > _start ? new WireFault(WireFaultKind.Closed, "the server closed the connection in the middle of a reply") : WireFault.Closed);
            _end += count;
            if (TakeReply() is { } result)
                return result;
        }
    }

    private WireResult? TakeReply()
    {
        if (_end == _start)
            return null;
        var scratch = ArrayPool<byte>.Shared.Rent(_maxReply);
        try
        {
            var input = new SequenceReader<byte>(new ReadOnlySequence<byte>(_buffer, _start, _end - _start));
            switch (SmtpReplyReader.TryRead(ref input, scratch.AsSpan(0, _maxReply), out var reply, out var fault))
            {
                case ReadStatus.Complete:
                    var kept = new WireResult(reply.ToReply(), null);
                    _start += (int)input.Consumed;
                    return kept;
                case ReadStatus.Invalid:
                    return WireResult.Failed(new WireFault(WireFaultKind.Syntax, $"not an SMTP reply: {fault}"));
                default:
                    return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    // The reader refuses a reply over the limit, so the buffer never needs more than the limit.
    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, _maxReply + 1));
    }
}
