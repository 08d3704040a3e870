using Mail.Security.Transports;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>A content that is made while it is read, that tells the largest piece asked for, and that can say a wrong length or fail.</summary>
internal sealed class PacedContent(long octets) : MessageContent
{
    public override long Length => DeclaredLength ?? octets;

    public long? DeclaredLength { get; init; }

    public Action<long> BeforeRead { get; init; } = _ => { };

    public int LargestRead { get; private set; }

    public override Stream OpenRead() => new Source(this, octets);

    private sealed class Source(PacedContent owner, long octets) : Stream
    {
        private long _at;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => octets;
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            owner.BeforeRead(_at);
            owner.LargestRead = Math.Max(owner.LargestRead, buffer.Length);
            var count = (int)Math.Min(Math.Min(buffer.Length, 10_000), octets - _at);
            for (var i = 0; i < count; i++)
                buffer[i] = At(_at + i);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    public static byte At(long position) => (byte)(position * 31 >> 3);
}
