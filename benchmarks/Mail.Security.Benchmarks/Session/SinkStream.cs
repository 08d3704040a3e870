namespace Mail.Security.Benchmarks.Session;

/// <summary>A server in memory for one client: answers at once by what the last write ends with, and looks at nothing else.</summary>
internal sealed class SinkStream : Stream
{
    private static readonly byte[] Hello = "220 sink.example\r\n"u8.ToArray();
    private static readonly byte[] Capabilities = "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n"u8.ToArray();
    private static readonly byte[] Taken = "250 2.0.0 Ok\r\n"u8.ToArray();
    private static readonly byte[] Envelope = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n"u8.ToArray();

    private readonly byte[] _replies = new byte[512];
    private readonly byte[] _tail = new byte[6];
    private int _length;
    private bool _inContent;

    public SinkStream() => Say(Hello);

    /// <summary>The bytes written so far.</summary>
    public long Received { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Received += buffer.Length;
        Remember(buffer);
        var group = Tail.EndsWith("DATA\r\n"u8);
        var ended = group || Tail.EndsWith("\r\n.\r\n"u8);
        if (_inContent && ended)
            Say(Taken);
        if (group)
            Say(Envelope);
        else if (buffer.StartsWith("EHLO"u8))
            Say(Capabilities);
        _inContent = group || (_inContent && !ended);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override int Read(Span<byte> buffer)
    {
        if (_length == 0)
            throw new InvalidOperationException("Nothing was asked that has no answer yet.");
        var count = _length;
        _replies.AsSpan(0, count).CopyTo(buffer);
        _length = 0;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private ReadOnlySpan<byte> Tail => _tail;

    // An end may be cut in two by the blocks it is written in.
    private void Remember(ReadOnlySpan<byte> buffer)
    {
        var kept = Math.Max(0, _tail.Length - buffer.Length);
        _tail.AsSpan(_tail.Length - kept).CopyTo(_tail);
        buffer[^(_tail.Length - kept)..].CopyTo(_tail.AsSpan(kept));
    }

    private void Say(ReadOnlySpan<byte> reply)
    {
        reply.CopyTo(_replies.AsSpan(_length));
        _length += reply.Length;
    }
}
