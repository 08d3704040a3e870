using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>A TLSA record (RFC 6698 §2.1). Two records are equal when all four fields are, the data by its octets.</summary>
/// <param name="Usage">The certificate usage; values without a name are possible.</param>
/// <param name="Selector">The selector; values without a name are possible.</param>
/// <param name="Matching">The matching type; values without a name are possible.</param>
/// <param name="Data">The certificate association data as published: any length, empty included. Whether it is usable is not judged here.</param>
public sealed record TlsaRecord(TlsaUsage Usage, TlsaSelector Selector, TlsaMatching Matching, ReadOnlyMemory<byte> Data)
{
    /// <summary>True when all fields are equal, the data by its octets.</summary>
    /// <param name="other">The other record.</param>
    /// <returns>True when equal.</returns>
    public bool Equals(TlsaRecord? other) =>
        other is not null && Usage == other.Usage && Selector == other.Selector && Matching == other.Matching && Data.Span.SequenceEqual(other.Data.Span);

    /// <summary>A hash over all fields.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Usage);
        hash.Add(Selector);
        hash.Add(Matching);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }

    /// <summary>The record as in a zone file (RFC 6698 §2.2): <c>3 1 1 ab12…</c>, lower-case hexadecimal.</summary>
    /// <returns>Three numbers and the data, separated by single spaces.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(byte)Usage} {(byte)Selector} {(byte)Matching}{HexData}");

    /// <summary>The record with the acronyms of RFC 7218 §2.1 to §2.3: <c>DANE-EE(3) SPKI(1) SHA2-256(1) ab12…</c></summary>
    /// <returns>Three acronyms with their numbers and the data, separated by single spaces; an unknown number is <c>?(n)</c>.</returns>
    public string ToMnemonic() =>
        string.Create(CultureInfo.InvariantCulture, $"{UsageName}({(byte)Usage}) {SelectorName}({(byte)Selector}) {MatchingName}({(byte)Matching}){HexData}");

    private string HexData => Data.IsEmpty ? string.Empty : " " + Convert.ToHexStringLower(Data.Span);

    private string UsageName => Usage switch
    {
        TlsaUsage.PkixTa => "PKIX-TA",
        TlsaUsage.PkixEe => "PKIX-EE",
        TlsaUsage.DaneTa => "DANE-TA",
        TlsaUsage.DaneEe => "DANE-EE",
        _ => (byte)Usage == 255 ? "PrivCert" : "?",
    };

    private string SelectorName => Selector switch
    {
        TlsaSelector.Certificate => "Cert",
        TlsaSelector.PublicKey => "SPKI",
        _ => (byte)Selector == 255 ? "PrivSel" : "?",
    };

    private string MatchingName => Matching switch
    {
        TlsaMatching.Full => "Full",
        TlsaMatching.Sha256 => "SHA2-256",
        TlsaMatching.Sha512 => "SHA2-512",
        _ => (byte)Matching == 255 ? "PrivMatch" : "?",
    };
}
