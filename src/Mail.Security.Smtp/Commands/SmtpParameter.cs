namespace Mail.Security.Smtp;

/// <summary>One parameter of MAIL or RCPT (RFC 5321 §4.1.2). The spans live as long as the command they come from.</summary>
public readonly ref struct SmtpParameter
{
    internal SmtpParameter(ReadOnlySpan<byte> text)
    {
        var equals = text.IndexOf((byte)'=');
        HasValue = equals >= 0;
        Keyword = HasValue ? text[..equals] : text;
        Value = HasValue ? text[(equals + 1)..] : default;
    }

    /// <summary>The keyword as sent: letters, digits and hyphens. Compare with <see cref="Is"/>, which ignores case.</summary>
    public ReadOnlySpan<byte> Keyword { get; }

    /// <summary>What follows "=": at least one byte, no space, "=" or control character; empty when <see cref="HasValue"/> is false.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether "=" and a value were given.</summary>
    public bool HasValue { get; }

    /// <summary>Whether the keyword is this one, in any case.</summary>
    public bool Is(ReadOnlySpan<byte> keyword) => System.Text.Ascii.EqualsIgnoreCase(Keyword, keyword);

    /// <summary>The length of the parameter at the start of a text, which ends at a space or with the text; -1 when there is none.</summary>
    internal static int Measure(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> keyword)
    {
        var end = text.IndexOfAnyExcept(SmtpCharacters.Keyword);
        keyword = end < 0 ? text : text[..end];
        if (keyword.IsEmpty || keyword[0] == (byte)'-')
            return -1;
        if (end < 0 || text[end] == (byte)' ')
            return keyword.Length;
        if (text[end] != (byte)'=')
            return -1;
        var value = text[(end + 1)..];
        var length = value.IndexOfAny(SmtpCharacters.NotInValue);
        if (length < 0)
            length = value.Length;
        else if (value[length] != (byte)' ')
            return -1;
        return length == 0 ? -1 : end + 1 + length;
    }
}
