using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Reads the rows of a message's content one after the other. No read transaction stays open between two of them.</summary>
internal sealed class SqliteContentStream(SqliteSession session, long message, long length) : Stream
{
    private byte[] _chunk = [];
    private int _used;
    private long _next;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _position == length)
            return 0;
        if (_used == _chunk.Length)
            Load();
        var count = Math.Min(buffer.Length, _chunk.Length - _used);
        _chunk.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            session.Dispose();
        base.Dispose(disposing);
    }

    private void Load()
    {
        try
        {
            _chunk = session.Scalar<byte[]>("SELECT data FROM content WHERE id = $1", message * MessageRows.ChunksPerMessage + _next)
                ?? throw new IOException("The content of the message is not complete: it was removed, or the database is damaged.");
        }
        catch (SqliteException fault)
        {
            throw new IOException(SqliteFaults.Detail(fault), fault);
        }
        _next++;
        _used = 0;
    }
}
