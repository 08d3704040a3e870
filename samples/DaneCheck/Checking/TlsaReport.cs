using Mail.Security.Dane;

namespace DaneCheck.Checking;

/// <summary>A secure TLSA record and whether mail transfer can use it.</summary>
/// <param name="Record">The record as in a zone file.</param>
/// <param name="Mnemonic">The record with the acronyms of RFC 7218.</param>
/// <param name="Unusability">Why it cannot be used; None when it can.</param>
internal sealed record TlsaReport(string Record, string Mnemonic, TlsaUnusability Unusability)
{
    public static IReadOnlyList<TlsaReport> Of(DanePolicy policy) =>
        [.. policy.Usable.Concat(policy.Unusable).Select(record => new TlsaReport(record.ToString(), record.ToMnemonic(), policy.ReasonOf(record)))];
}
