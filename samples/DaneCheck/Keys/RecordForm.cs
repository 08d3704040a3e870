using System.Globalization;
using Mail.Security.Dnssec;

namespace DaneCheck.Keys;

/// <summary>The three numbers before the data of a TLSA record (RFC 6698 §2.1).</summary>
internal readonly record struct RecordForm(TlsaUsage Usage, TlsaSelector Selector, TlsaMatching Matching)
{
    public static RecordForm Of(TlsaRecord record) => new(record.Usage, record.Selector, record.Matching);

    /// <summary>Whether it speaks of the server's own certificate or key.</summary>
    public bool IsOfServer => Usage is TlsaUsage.PkixEe or TlsaUsage.DaneEe;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(byte)Usage} {(byte)Selector} {(byte)Matching}");
}
