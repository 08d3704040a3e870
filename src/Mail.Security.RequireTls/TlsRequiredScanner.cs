using System.Buffers;
using System.Runtime.InteropServices;

namespace Mail.Security.RequireTls;

/// <summary>
/// Looks for the TLS-Required field while a message streams by: give it every block from the first byte on, split anywhere. It keeps
/// a few bytes of state, nothing of the message, and stops at the empty line that ends the header section.
/// </summary>
/// <remarks>
/// <para>The name and "No" are compared without case. White space may stand around the value, also folded (RFC 5322 §3.2.2), and before
/// the colon, as old senders write it (RFC 5322 §4.5.8). Only CRLF ends a line.</para>
/// <para>This is a mutable value: keep it in a field or a local, and use one for each message.</para>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct TlsRequiredScanner
{
    /// <summary>How many bytes of header section are looked at. A longer one gives <see cref="TlsRequiredFieldState.Invalid"/>.</summary>
    public const int MaxHeaderLength = 1 << 20;

    private int _length;
    private int _matched;           // letters of the name seen
    private int _fields;
    private Line _line;
    private Value _value;
    private bool _afterCr;
    private bool _open;             // a field was begun, and the next line may continue it
    private bool _bad;
    private bool _ended;
    private bool _tooLong;

    // What the line at hand is.
    private enum Line : byte
    {
        Start,
        Empty,      // a CR at the start of the line
        Name,
        Colon,      // white space behind the name
        InValue,
        Other,
    }

    // How much of "No" was read.
    private enum Value : byte
    {
        Nothing,
        N,
        No,
        NoAndSpace,
        Wrong,
    }

    private static ReadOnlySpan<byte> LowerName => "tls-required"u8;

    /// <summary>Whether the header section has ended, so that more bytes change nothing.</summary>
    public readonly bool IsComplete => _ended || _tooLong;

    /// <summary>What was found: final when <see cref="IsComplete"/>, or when the message has ended.</summary>
    public readonly TlsRequiredFieldState Result
    {
        get
        {
            var fields = _fields + (_open ? 1 : 0);
            var good = !_bad && !_tooLong && (!_open || (_line == Line.Start && IsNo));
            return fields == 1 && good ? TlsRequiredFieldState.No
                : fields == 0 && !_tooLong ? TlsRequiredFieldState.Absent
                : TlsRequiredFieldState.Invalid;
        }
    }

    private readonly bool IsNo => _value is Value.No or Value.NoAndSpace;

    /// <summary>Looks at the next block.</summary>
    public void Write(ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty && !IsComplete)
        {
            if (_length == MaxHeaderLength)
            {
                _tooLong = true;
                return;
            }
            var used = Take(block[..Math.Min(block.Length, MaxHeaderLength - _length)]);
            _length += used;
            block = block[used..];
        }
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public void Write(in ReadOnlySequence<byte> block)
    {
        foreach (var segment in block)
        {
            if (IsComplete)
                return;
            Write(segment.Span);
        }
    }

    // Takes at least one byte; of a line that is of no interest as much as there is.
    private int Take(ReadOnlySpan<byte> block)
    {
        if (_line == Line.Other)
            return SkipLine(block);
        var octet = block[0];
        switch (_line)
        {
            case Line.Start:
                Begin(octet);
                break;
            case Line.Empty when octet == (byte)'\n':
                CloseField();
                _ended = true;
                break;
            case Line.Name:
                MatchName(octet);
                break;
            case Line.Colon when octet is (byte)' ' or (byte)'\t':
                break;
            case Line.Colon when octet == (byte)':':
                Open();
                break;
            case Line.InValue:
                ReadValue(octet);
                break;
            default:
                CloseField();
                Turn(octet);
                break;
        }
        return 1;
    }

    private void Begin(byte octet)
    {
        if (octet is (byte)' ' or (byte)'\t')
        {
            // RFC 5322 §2.2.3: the line continues the field before it.
            _line = _open ? Line.InValue : Line.Other;
            if (_open)
                ReadValue(octet);
        }
        else if (octet == (byte)'\r')
        {
            _line = Line.Empty;
        }
        else
        {
            CloseField();
            _line = Line.Name;
            MatchName(octet);
        }
    }

    private void MatchName(byte octet)
    {
        if (_matched < LowerName.Length && ToLower(octet) == LowerName[_matched])
            _matched++;
        else if (_matched == LowerName.Length && octet == (byte)':')
            Open();
        else if (_matched == LowerName.Length && octet is (byte)' ' or (byte)'\t')
            _line = Line.Colon;
        else
            Turn(octet);
    }

    // RFC 8689 §3: [FWS] "No" CRLF.
    private void ReadValue(byte octet)
    {
        if (_afterCr && octet == (byte)'\n')
        {
            _afterCr = false;
            _line = Line.Start;
            _matched = 0;
            return;
        }
        var blank = octet is (byte)' ' or (byte)'\t';
        _value = (_value, ToLower(octet)) switch
        {
            _ when _afterCr => Value.Wrong,
            (_, (byte)'\r') => _value,
            (Value.Nothing, _) when blank => Value.Nothing,
            (Value.Nothing, (byte)'n') => Value.N,
            (Value.N, (byte)'o') => Value.No,
            (Value.No or Value.NoAndSpace, _) when blank => Value.NoAndSpace,
            _ => Value.Wrong,
        };
        _afterCr = octet == (byte)'\r';
    }

    private int SkipLine(ReadOnlySpan<byte> block)
    {
        var feed = block.IndexOf((byte)'\n');
        if (feed < 0)
        {
            _afterCr = block[^1] == (byte)'\r';
            return block.Length;
        }
        if (feed > 0 ? block[feed - 1] == (byte)'\r' : _afterCr)
        {
            _line = Line.Start;
            _matched = 0;
        }
        _afterCr = false;
        return feed + 1;
    }

    // The line is another field, or none at all.
    private void Turn(byte octet)
    {
        _line = Line.Other;
        _afterCr = octet == (byte)'\r';
    }

    private void Open()
    {
        _line = Line.InValue;
        _value = Value.Nothing;
        _open = true;
    }

    private void CloseField()
    {
        if (!_open)
            return;
        _fields++;
        _bad |= !IsNo;
        _open = false;
    }

    private static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
}
