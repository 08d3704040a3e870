namespace Mail.Security.Smtp;

/// <summary>Finds the enhanced status code in front of a reply text (RFC 2034 §4).</summary>
internal static class EnhancedStatusText
{
    /// <summary>Reads the status; <paramref name="length"/> is that of the status and the spaces behind it, 0 when there is none.</summary>
    public static EnhancedStatus? Read(int code, ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        var space = text.IndexOf((byte)' ');
        var word = space < 0 ? text : text[..space];
        if (!EnhancedStatus.TryParse(word, out var status) || status.Class != code / 100)
            return null;
        length = text.Length - text[word.Length..].TrimStart((byte)' ').Length;
        return status;
    }
}
