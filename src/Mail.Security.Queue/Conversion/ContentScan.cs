using System.Text;
using MimeKit;

namespace Mail.Security.Queue;

/// <summary>Looks through the octets of a part as they stand in the message, and keeps none of them.</summary>
internal sealed class ContentScan : Stream
{
    private static readonly byte[] InlinePgp = "-----BEGIN PGP SIGNED MESSAGE-----"u8.ToArray();

    private readonly byte[] _seam = new byte[2 * (InlinePgp.Length - 1)];
    private int _kept;
    private int _line;
    private bool _afterCr;

    private ContentScan()
    {
    }

    /// <summary>There is an octet above 127.</summary>
    public bool HasEightBit { get; private set; }

    /// <summary>There is a NUL, or a CR or LF by itself: what only binary content may have.</summary>
    public bool IsBinary { get; private set; }

    /// <summary>Text signed inline by PGP begins here.</summary>
    public bool HasInlinePgp { get; private set; }

    /// <summary>The length of the longest line, in octets.</summary>
    public int LongestLine { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static ContentScan Of(MimePart part)
    {
        var scan = new ContentScan();
        part.Content?.WriteTo(scan);
        scan.IsBinary |= scan._afterCr;
        scan.LongestLine = Math.Max(scan.LongestLine, scan._line);
        return scan;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        HasEightBit |= !Ascii.IsValid(buffer);
        HasInlinePgp |= buffer.IndexOf(InlinePgp) >= 0 || SpansTheSeam(buffer);
        Keep(buffer);
        foreach (var octet in buffer)
        {
            var isEnd = octet == (byte)'\n';
            IsBinary |= octet == 0 || isEnd != _afterCr;
            _afterCr = octet == (byte)'\r';
            if (!isEnd)
            {
                _line += _afterCr ? 0 : 1;
                continue;
            }
            LongestLine = Math.Max(LongestLine, _line);
            _line = 0;
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool SpansTheSeam(ReadOnlySpan<byte> buffer)
    {
        var next = buffer[..Math.Min(buffer.Length, InlinePgp.Length - 1)];
        next.CopyTo(_seam.AsSpan(_kept));
        return _seam.AsSpan(0, _kept + next.Length).IndexOf(InlinePgp) >= 0;
    }

    // The last octets, for a match that begins in them.
    private void Keep(ReadOnlySpan<byte> buffer)
    {
        var most = InlinePgp.Length - 1;
        if (buffer.Length >= most)
        {
            buffer[^most..].CopyTo(_seam);
            _kept = most;
            return;
        }
        // Shorter ones were put behind what is there.
        var length = _kept + buffer.Length;
        var kept = Math.Min(length, most);
        _seam.AsSpan(length - kept, kept).CopyTo(_seam);
        _kept = kept;
    }
}
