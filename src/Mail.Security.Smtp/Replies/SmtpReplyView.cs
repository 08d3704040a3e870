namespace Mail.Security.Smtp;

/// <summary>
/// A whole reply as it lies in the input or in the scratch buffer: nothing is copied or allocated until <see cref="ToReply"/>.
/// Good until either changes. Use it in <c>foreach</c> for the text of each line.
/// </summary>
public readonly ref struct SmtpReplyView
{
    private readonly ReadOnlySpan<byte> _wire;

    internal SmtpReplyView(ReadOnlySpan<byte> wire, int code, int lineCount)
    {
        _wire = wire;
        Code = code;
        LineCount = lineCount;
    }

    /// <summary>The reply code, 200 to 599.</summary>
    public int Code { get; }

    /// <summary>The number of lines, at least one.</summary>
    public int LineCount { get; }

    /// <summary>
    /// The enhanced status code at the start of the first line, or null. One whose class differs from the first digit of the code
    /// is not a status but text (RFC 2034 §4).
    /// </summary>
    public EnhancedStatus? Status => EnhancedStatusText.Read(Code, FirstLine, out _);

    /// <summary>The text of the first line, without the enhanced status code.</summary>
    public ReadOnlySpan<byte> FirstText
    {
        get
        {
            var text = FirstLine;
            EnhancedStatusText.Read(Code, text, out var length);
            return text[length..];
        }
    }

    private ReadOnlySpan<byte> FirstLine
    {
        get
        {
            var lines = GetEnumerator();
            lines.MoveNext();
            return lines.Current;
        }
    }

    /// <summary>Walks the lines: what follows the code and its space or hyphen, enhanced status code included.</summary>
    public Enumerator GetEnumerator() => new(_wire);

    /// <summary>Copies the reply to keep it.</summary>
    /// <returns>
    /// The reply. Its text is read as UTF-8. Control characters other than HT, the separators U+2028 and U+2029 and the marks that
    /// turn the direction of text become "?", and bytes that are no UTF-8 become U+FFFD: the text can be logged and put into a report as it is.
    /// </returns>
    public SmtpReply ToReply()
    {
        var lines = new string[LineCount];
        var index = 0;
        foreach (var line in this)
            lines[index++] = ReplyText.Decode(line);
        return new SmtpReply(Code, Status, lines);
    }

    /// <summary>Walks the lines of a reply in order.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> wire) => _rest = wire;

        /// <summary>The text of the line the walk stands at.</summary>
        public ReadOnlySpan<byte> Current { readonly get; private set; }

        /// <summary>Goes to the next line; false when there is none.</summary>
        public bool MoveNext()
        {
            var feed = _rest.IndexOf((byte)'\n');
            if (feed < 0)
                return false;
            var line = _rest[..(feed - 1)];
            Current = line.Length > 4 ? line[4..] : default;
            _rest = _rest[(feed + 1)..];
            return true;
        }
    }
}
