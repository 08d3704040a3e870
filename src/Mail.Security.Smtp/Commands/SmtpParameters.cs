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
        var count = 0;
        var walk = new Enumerator(text);
        while (walk.MoveNext())   // one space more than needed harms nobody
        {
            var one = walk.Text;
            fault = ++count > MaxCount ? SyntaxFault.TooManyParameters : SmtpParameter.Check(one);
            if (fault == SyntaxFault.None && Contains(text[..(text.Length - walk.RestLength - one.Length)], new SmtpParameter(one).Keyword))
                fault = SyntaxFault.DuplicateParameter;
            if (fault != SyntaxFault.None)
                return false;
        }
        parameters = new SmtpParameters(text, count);
        return true;
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

        internal readonly ReadOnlySpan<byte> Text => _current;

        internal readonly int RestLength => _rest.Length;

        /// <summary>Goes to the next parameter; false when there is none.</summary>
        public bool MoveNext()
        {
            _rest = _rest.TrimStart((byte)' ');
            if (_rest.IsEmpty)
                return false;
            var space = _rest.IndexOf((byte)' ');
            _current = space < 0 ? _rest : _rest[..space];
            _rest = _rest[_current.Length..];
            return true;
        }
    }
}
