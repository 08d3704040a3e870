namespace Mail.Security.Dnssec;

/// <summary>The trust anchors that come with this version, and files of them.</summary>
public static class TrustAnchors
{
    /// <summary>The keys of the root zone, as IANA publishes them: KSK-2017 and KSK-2024.</summary>
    public static IReadOnlyList<TrustAnchor> Root { get; } =
    [
        new(default, 20326, 8, 2, Convert.FromHexString("E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D")),
        new(default, 38696, 8, 2, Convert.FromHexString("683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16")),
    ];

    /// <summary>Reads anchors from text in the form of zone files: DS and DNSKEY records, one on a line, class and time to live as one likes, <c>;</c> begins a remark.</summary>
    /// <param name="text">The text; other types of records are refused.</param>
    /// <returns>The anchors in their order; of a DNSKEY its digest by SHA-256.</returns>
    /// <exception cref="FormatException">A line is no such record, or there is none; the message names the line by its number.</exception>
    public static IReadOnlyList<TrustAnchor> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var anchors = new List<TrustAnchor>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var end = line.IndexOf(';');
            var words = (end < 0 ? line : line[..end]).ToString().Split([' ', '\t', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
                anchors.Add(AnchorLine.TryRead(words, out var anchor) ? anchor : throw new FormatException($"Line {number} is no DS or DNSKEY record that can be used."));
        }
        return anchors.Count > 0 ? anchors.AsReadOnly() : throw new FormatException("There is no DS or DNSKEY record.");
    }
}
