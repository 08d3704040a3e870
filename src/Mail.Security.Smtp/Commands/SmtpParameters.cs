namespace Mail.Security.Smtp;

/// <summary>The parameters behind the path of MAIL or RCPT, already checked: use it in <c>foreach</c>. It allocates nothing.</summary>
public readonly ref struct SmtpParameters
{
    /// <summary>The number of parameters one command may carry; more are refused, because each is compared with each.</summary>
    public const int MaxCount = 32;

    private readonly ReadOnlySpan<byte> _text;

    private SmtpParameters(ReadOnlySpan<byte> text, int count)
    {
        _text = text;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Starts at the first parameter.</summary>
    public Enumerator GetEnumerator() => new(_text);

    internal static bool TryCreate(ReadOnlySpan<byte> text, out SmtpParameters parameters, out SyntaxFault fault)
    {
        parameters = default;
        fault = SyntaxFault.None;
        var (count, seen) = (0, 0UL);
        for (var rest = SkipSpaces(text); !rest.IsEmpty;)   // one space more than needed harms nobody
        {
            if (++count > MaxCount)
                return Fail(SyntaxFault.TooManyParameters, out fault);
            var length = SmtpParameter.Measure(rest, out var keyword);
            if (length < 0)
                return Fail(SyntaxFault.BadParameter, out fault);
            var mark = MarkOf(keyword);
            if ((seen & mark) != 0 && Contains(text[..(text.Length - rest.Length)], keyword))
                return Fail(SyntaxFault.DuplicateParameter, out fault);
            seen |= mark;
            rest = SkipSpaces(rest[length..]);
        }
        parameters = new SmtpParameters(text, count);
        return true;
    }

    // One of 64 bits: the same for a keyword in any case, and nearly always another for another keyword.
    private static ulong MarkOf(ReadOnlySpan<byte> keyword) => 1UL << ((keyword[0] & 0x1F) * 7 + (keyword[^1] & 0x1F) * 3 + keyword.Length);

    private static ReadOnlySpan<byte> SkipSpaces(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && text[0] == (byte)' ')
            text = text[1..];
        return text;
    }

    private static bool Fail(SyntaxFault reason, out SyntaxFault fault)
    {
        fault = reason;
        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> keyword)
    {
        foreach (var earlier in new SmtpParameters(text, 0))
        {
            if (earlier.Is(keyword))
                return true;
        }
        return false;
    }

    /// <summary>Walks the parameters in the order they were sent.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private ReadOnlySpan<byte> _current;

        internal Enumerator(ReadOnlySpan<byte> text) => _rest = text;

        /// <summary>The parameter the walk stands at.</summary>
        public readonly SmtpParameter Current => new(_current);

        /// <summary>Goes to the next parameter; false when there is none.</summary>
        public bool MoveNext()
        {
            _rest = SkipSpaces(_rest);
            if (_rest.IsEmpty)
                return false;
            var space = _rest.IndexOf((byte)' ');
            _current = space < 0 ? _rest : _rest[..space];
            _rest = _rest[_current.Length..];
            return true;
        }
    }
}
