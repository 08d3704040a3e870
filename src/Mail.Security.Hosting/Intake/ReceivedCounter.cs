using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.Hosting;

/// <summary>Counts the Received fields of a message that streams by in blocks of any size (RFC 5321 §6.3). Stops at the empty line that ends the header section.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReceivedCounter
{
    private const int Skipping = -1;

    private int _matched;           // letters of the name seen in this line, or Skipping
    private bool _afterCr;
    private bool _ended;

    private static ReadOnlySpan<byte> LowerName => "received:"u8;

    /// <summary>How many fields were seen.</summary>
    public int Count { get; private set; }

    public void Write(in ReadOnlySequence<byte> block)
    {
        foreach (var segment in block)
            Write(segment.Span);
    }

    public void Write(ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty && !_ended)
        {
            if (_matched == Skipping)
            {
                // The decoder lets only CRLF through, so that a line feed ends the line.
                var end = block.IndexOf((byte)'\n');
                block = end < 0 ? default : block[(end + 1)..];
                if (end >= 0)
                    (_matched, _afterCr) = (0, false);
                continue;
            }
            Take(block[0]);
            block = block[1..];
        }
    }

    private void Take(byte octet)
    {
        if (_matched == 0 && _afterCr)
            _ended = octet == '\n';
        else if (_matched == 0 && octet == '\r')
            _afterCr = true;
        // RFC 5322 §4.5.8: older senders put white space before the colon.
        else if (_matched == LowerName.Length - 1 && octet is (byte)' ' or (byte)'\t')
            return;
        else if (Lower(octet) != LowerName[_matched])
            _matched = Skipping;
        else if (++_matched == LowerName.Length)
            (Count, _matched) = (Count + 1, Skipping);
    }

    private static byte Lower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
}
