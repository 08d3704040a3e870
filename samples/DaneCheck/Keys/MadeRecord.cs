using Mail.Security.Dane;

namespace DaneCheck.Keys;

/// <summary>A TLSA record to publish.</summary>
internal sealed record MadeRecord
{
    /// <summary>The record as in a zone file, without its owner.</summary>
    public required string Record { get; init; }

    /// <summary>The record with the acronyms of RFC 7218.</summary>
    public required string Mnemonic { get; init; }

    /// <summary>The certificate or key it speaks of.</summary>
    public required string Of { get; init; }

    /// <summary>Why mail transfer cannot use it; None when it can.</summary>
    public required TlsaUnusability Unusability { get; init; }
}
