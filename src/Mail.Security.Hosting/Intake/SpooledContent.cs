using Mail.Security.Transports;
using Microsoft.Win32.SafeHandles;

namespace Mail.Security.Hosting;

/// <summary>A prefix and a spooled message as one content.</summary>
internal sealed class SpooledContent : MessageContent
{
    private readonly ReadOnlyMemory<byte> _prefix;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly SafeFileHandle? _file;

    public SpooledContent(ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> memory) =>
        (_prefix, _memory, Length) = (prefix, memory, prefix.Length + memory.Length);

    public SpooledContent(ReadOnlyMemory<byte> prefix, SafeFileHandle file, long length) =>
        (_prefix, _file, Length) = (prefix, file, prefix.Length + length);

    public override long Length { get; }

    public override Stream OpenRead() => new SpoolStream(this);

    // Reads what there is at a position: of the prefix, then of the memory or the file.
    private int Read(long position, Span<byte> buffer)
    {
        if (position < _prefix.Length)
            return Copy(_prefix.Span[(int)position..], buffer);
        position -= _prefix.Length;
        return _file is null ? Copy(_memory.Span[(int)Math.Min(position, _memory.Length)..], buffer) : RandomAccess.Read(_file, buffer, position);
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> buffer)
    {
        var length = Math.Min(source.Length, buffer.Length);
        source[..length].CopyTo(buffer);
        return length;
    }

    private sealed class SpoolStream(SpooledContent content) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = content.Read(_position, buffer);
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
