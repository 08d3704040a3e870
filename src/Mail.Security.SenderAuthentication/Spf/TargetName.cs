namespace Mail.Security.SenderAuthentication;

/// <summary>Names that come of macros (RFC 7208 §4.8, §7.3).</summary>
internal static class TargetName
{
    /// <summary>As many characters at the end of a text as can matter: a name, the dot before it and the dot after it.</summary>
    public const int MostThatMatters = MaxLength + 2;

    private const int MaxLength = 253;

    /// <summary>The name to ask for; false for a text that is none, which is as a name that does not exist.</summary>
    public static bool TryRead(string text, out DomainName name)
    {
        text = text.EndsWith('.') ? text[..^1] : text;
        if (text.Length > MaxLength)
        {
            // RFC 7208 §7.3: labels go from the left until the rest fits; the first dot that leaves no more than a name.
            if (text.IndexOf('.', text.Length - MaxLength - 1) is not (>= 0 and var dot))
            {
                name = default;
                return false;
            }
            text = text[(dot + 1)..];
        }
        // What would be mapped into another name is none: RFC 7208 §4.3 wants A-labels.
        return DomainName.TryParseLax(text, out name) && string.Equals(name.Ascii, text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name of a domain that can have a record: of several labels (RFC 7208 §4.3).</summary>
    public static bool TryReadDomain(string text, out DomainName name) => TryRead(text, out name) && name.TryGetParent(out _);
}
