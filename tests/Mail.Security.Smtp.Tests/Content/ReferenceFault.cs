namespace Mail.Security.Smtp.Tests.Content;

/// <summary>Whether more content may follow.</summary>
internal enum ContentEnd : byte
{
    Open,
    Reached,
}

/// <summary>The fault of content whose byte stands first, looked for one byte at a time in the whole of it (RFC 5321 §2.3.8).</summary>
internal static class ReferenceFault
{
    public static SyntaxFault Of(ReadOnlySpan<byte> content, ContentEnd end, BareLineEndPolicy policy = BareLineEndPolicy.Refuse) =>
        Find(content, end, policy).Fault;

    /// <summary>The number of bytes before the one that shows the fault, which for a bare CR is the one behind it.</summary>
    public static int Length(ReadOnlySpan<byte> content, BareLineEndPolicy policy) => Find(content, ContentEnd.Open, policy).Length;

    private static (SyntaxFault Fault, int Length) Find(ReadOnlySpan<byte> content, ContentEnd end, BareLineEndPolicy policy)
    {
        for (var index = 0; index < content.Length; index++)
        {
            var isLast = index + 1 == content.Length;
            if (content[index] == 0)
                return (SyntaxFault.NulByte, index);
            if (policy == BareLineEndPolicy.Normalise)
                continue;
            if (content[index] == '\n' && (index == 0 || content[index - 1] != '\r'))
                return (SyntaxFault.BareLineFeed, index);
            if (content[index] == '\r' && (isLast ? end == ContentEnd.Reached : content[index + 1] != '\n'))
                return (SyntaxFault.BareCarriageReturn, index + 1);
        }
        return (SyntaxFault.None, content.Length);
    }
}
