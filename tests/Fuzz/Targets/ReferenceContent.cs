using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>
/// What RFC 5321 §4.5.2 says of the content of DATA, as plainly as it can be said: one byte at a time, line by line, with nothing in
/// common with the decoder it is compared with.
/// </summary>
internal sealed class ReferenceContent
{
    private readonly List<byte> _content = [];
    private readonly List<byte> _line = [];
    private int _previous = -1;

    public bool IsComplete { get; private set; }

    public int Consumed { get; private set; }

    /// <summary>The fault whose byte stands first.</summary>
    public SyntaxFault Fault { get; private set; }

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

    /// <summary>Reads to the end of the content, or of the bytes.</summary>
    public static ReferenceContent Read(ReadOnlySpan<byte> bytes)
    {
        var reference = new ReferenceContent();
        foreach (var octet in bytes)
        {
            if (reference.IsComplete)
                break;
            reference.Take(octet);
        }
        return reference;
    }

    /// <summary>What is wrong first with content that is not framed by dots; <paramref name="ended"/> when no byte follows it.</summary>
    public static SyntaxFault FaultOf(ReadOnlySpan<byte> content, bool ended)
    {
        for (var index = 0; index < content.Length; index++)
        {
            if (content[index] == 0)
                return SyntaxFault.NulByte;
            if (content[index] == '\n' && (index == 0 || content[index - 1] != '\r'))
                return SyntaxFault.BareLineFeed;
            if (content[index] == '\r' && (index + 1 == content.Length ? ended : content[index + 1] != '\n'))
                return SyntaxFault.BareCarriageReturn;
        }
        return SyntaxFault.None;
    }

    private void Take(byte octet)
    {
        Consumed++;
        if (Fault == SyntaxFault.None)
            Fault = FaultAt(octet);
        _line.Add(octet);
        if (octet == '\n' && _previous == '\r')
        {
            IsComplete = _line is [(byte)'.', (byte)'\r', (byte)'\n'];
            if (!IsComplete)
                _content.AddRange(_line[0] == '.' ? _line.Skip(1) : _line);
            _line.Clear();
        }
        _previous = octet;
    }

    // A CR is shown to be bare by the byte behind it, which may be a fault too: the CR stands before it.
    private SyntaxFault FaultAt(byte octet) => (_previous, octet) switch
    {
        ('\r', not (byte)'\n') => SyntaxFault.BareCarriageReturn,
        (not '\r', (byte)'\n') => SyntaxFault.BareLineFeed,
        (_, 0) => SyntaxFault.NulByte,
        _ => SyntaxFault.None,
    };
}
