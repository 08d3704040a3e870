using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>A mail exchanger (RFC 1035 §3.3.9).</summary>
/// <param name="Preference">The preference; the lowest is tried first.</param>
/// <param name="Exchange">The host; empty for the null MX, whose exchange is the root (RFC 7505 §3).</param>
public readonly record struct MxRecord(ushort Preference, DomainName Exchange)
{
    /// <summary>True when the domain says that it accepts no mail (RFC 7505 §3). Such a record is always the only one of its answer.</summary>
    public bool IsNullMx => Exchange.IsEmpty;

    /// <summary>The record as in a zone file: <c>10 mx.example.com.</c></summary>
    /// <returns>The preference, a space, the exchange and a dot.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Preference} {Exchange}.");
}
