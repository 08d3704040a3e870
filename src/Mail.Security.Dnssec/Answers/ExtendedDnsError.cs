using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>An extended DNS error: the reason a server adds to its answer (RFC 8914 §2).</summary>
/// <param name="Code">The INFO-CODE; unknown values are kept.</param>
/// <param name="Text">The EXTRA-TEXT, for people only, possibly empty. From the resolver it is at most 512 characters without control characters.</param>
public sealed record ExtendedDnsError(ushort Code, string Text)
{
    // RFC 8914 §5.2 and the registrations made since; the index is the code.
    private static readonly string[] Names =
    [
        "Other", "Unsupported DNSKEY Algorithm", "Unsupported DS Digest Type", "Stale Answer", "Forged Answer",
        "DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired", "Signature Not Yet Valid", "DNSKEY Missing",
        "RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored",
        "Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported", "No Reachable Authority",
        "Network Error", "Invalid Data", "Signature Expired before Valid", "Too Early", "Unsupported NSEC3 Iterations Value",
        "Unable to conform to policy", "Synthesized", "Invalid Query Type",
    ];

    /// <summary>The registered purpose of the code; "Code n" for a code this version does not know.</summary>
    public string Name => Code < Names.Length ? Names[Code] : string.Create(CultureInfo.InvariantCulture, $"Code {Code}");

    /// <summary>True when the code blames DNSSEC: validation failed or could not be done.</summary>
    /// <remarks>Codes 1, 2 and 5 to 12 (RFC 8914 §4.2, §4.3, §4.6 to §4.13), and of those registered since 25 and 27.</remarks>
    public bool IsDnssecFailure => Code is 1 or 2 or (>= 5 and <= 12) or 25 or 27;

    /// <summary>True when the code tells of a passing condition, so that the same question may be answered later.</summary>
    public bool IsTransient => Code is 0 or 3 or 13 or 14 or 19 or 22 or 23 or 26;

    /// <summary>The error as one line for people: <c>EDE 6 (DNSSEC Bogus): text</c>.</summary>
    /// <returns>The line, without the colon when there is no text.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"EDE {Code} ({Name}){(Text.Length > 0 ? ": " : "")}{Text}");
}
