namespace Mail.Security.Transports.Tests;

/// <summary>Two one-way streams as one, with what is needed to see and to disturb them.</summary>
internal sealed class LinkStream(Stream input, Stream output) : Stream
{
    private readonly MemoryStream _written = new();
    private readonly Lock _lock = new();

    /// <summary>How large a read may be, over and over; null for no limit: any way a network may cut the bytes.</summary>
    public IReadOnlyList<int>? Segments { get; init; }

    /// <summary>Set to make every further write fail as a reset connection does.</summary>
    public bool WritesFail { get; set; }

    /// <summary>The write from which on all fail; none by default.</summary>
    public int FailingWrite { get; init; } = int.MaxValue;

    /// <summary>The number of writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>Whether it was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The number of reads so far: which segment is next.</summary>
    public int Reads { get; private set; }

    /// <summary>All that was written so far.</summary>
    public byte[] Written
    {
        get { lock (_lock) return _written.ToArray(); }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = Segments is null ? buffer.Length : Math.Max(1, Segments[Reads % Segments.Count]);
        Reads++;
        return input.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (++Writes >= FailingWrite || WritesFail)
            throw new IOException("Unable to write.", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionReset));
        await output.WriteAsync(buffer, cancellationToken);
        lock (_lock)
            _written.Write(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    public override void Flush() => output.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        if (disposing)
        {
            input.Dispose();
            output.Dispose();
        }
        base.Dispose(disposing);
    }
}
