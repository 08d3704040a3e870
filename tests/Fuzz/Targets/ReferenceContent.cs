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

    public bool BareLineFeed { get; private set; }

    public bool BareCarriageReturn { get; private set; }

    public bool Nul { get; private set; }

    /// <summary>The gravest fault at the end.</summary>
    public SyntaxFault Fault =>
        BareLineFeed ? SyntaxFault.BareLineFeed : BareCarriageReturn ? SyntaxFault.BareCarriageReturn : Nul ? SyntaxFault.NulByte : SyntaxFault.None;

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

    /// <summary>What is wrong with content that is not framed by dots; <paramref name="ended"/> when no byte follows it.</summary>
    public static SyntaxFault FaultOf(ReadOnlySpan<byte> content, bool ended)
    {
        var (feed, carriage, nul) = (false, false, false);
        for (var index = 0; index < content.Length; index++)
        {
            feed |= content[index] == '\n' && (index == 0 || content[index - 1] != '\r');
            carriage |= content[index] == '\r' && (index + 1 == content.Length ? ended : content[index + 1] != '\n');
            nul |= content[index] == 0;
        }
        return feed ? SyntaxFault.BareLineFeed : carriage ? SyntaxFault.BareCarriageReturn : nul ? SyntaxFault.NulByte : SyntaxFault.None;
    }

    private void Take(byte octet)
    {
        Consumed++;
        Nul |= octet == 0;
        BareLineFeed |= octet == '\n' && _previous != '\r';
        BareCarriageReturn |= octet != '\n' && _previous == '\r';
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
}
