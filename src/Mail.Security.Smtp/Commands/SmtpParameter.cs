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

    internal static SyntaxFault Check(ReadOnlySpan<byte> text)
    {
        var equals = text.IndexOf((byte)'=');
        var keyword = equals < 0 ? text : text[..equals];
        if (keyword.IsEmpty || !char.IsAsciiLetterOrDigit((char)keyword[0]) || keyword.ContainsAnyExcept(SmtpCharacters.Keyword))
            return SyntaxFault.BadParameter;
        if (equals < 0)
            return SyntaxFault.None;
        var value = text[(equals + 1)..];
        return value.IsEmpty || value.ContainsAny(SmtpCharacters.NotInValue) ? SyntaxFault.BadParameter : SyntaxFault.None;
    }
}
