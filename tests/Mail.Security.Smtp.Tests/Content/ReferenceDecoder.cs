namespace Mail.Security.Smtp.Tests.Content;

/// <summary>
/// What RFC 5321 §4.5.2 says, as plainly as it can be said: one byte at a time, line by line, with nothing in common with the decoder.
/// </summary>
internal sealed class ReferenceDecoder
{
    private readonly List<byte> _content = [];
    private readonly List<byte> _line = [];
    private SyntaxFault _first;
    private int _previous = -1;

    public bool IsComplete { get; private set; }

    public int Consumed { get; private set; }

    /// <summary>The fault whose byte stands first, told at the end only.</summary>
    public SyntaxFault Fault => IsComplete ? _first : SyntaxFault.None;

    /// <summary>The content so far: of a line that is not finished, what is sure to be content.</summary>
    public byte[] Content
    {
        get
        {
            var line = _line.ToArray();
            var rest = line is [(byte)'.'] or [(byte)'.', (byte)'\r'] ? [] : line is [(byte)'.', ..] ? line[1..] : line;
            return [.. _content, .. rest];
        }
    }

    public static ReferenceDecoder Run(byte[] bytes)
    {
        var decoder = new ReferenceDecoder();
        foreach (var octet in bytes)
        {
            if (!decoder.IsComplete)
                decoder.Take(octet);
        }
        return decoder;
    }

    private void Take(byte octet)
    {
        Consumed++;
        if (octet != '\n' && _previous == '\r')
            Find(SyntaxFault.BareCarriageReturn);       // the byte before this one
        if (octet == '\n' && _previous != '\r')
            Find(SyntaxFault.BareLineFeed);
        if (octet == 0)
            Find(SyntaxFault.NulByte);
        _line.Add(octet);
        if (octet == '\n' && _previous == '\r')
            EndLine();
        _previous = octet;
    }

    private void Find(SyntaxFault fault)
    {
        if (_first == SyntaxFault.None)
            _first = fault;
    }

    private void EndLine()
    {
        if (_line is [(byte)'.', (byte)'\r', (byte)'\n'])
            IsComplete = true;
        else
            _content.AddRange(_line[0] == '.' ? _line.Skip(1) : _line);
        _line.Clear();
    }
}
