using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>The start of a zone of authority (RFC 1035 §3.3.13).</summary>
/// <param name="PrimaryServer">The server the zone comes from; empty for the root.</param>
/// <param name="Mailbox">Who is responsible, as a name in the form of zone files without the last dot (RFC 1035 §5.1): the first label is the local part of an address, and a dot in it is written <c>\.</c>.</param>
/// <param name="Serial">The number of the zone's version, which wraps around.</param>
/// <param name="Refresh">After how long secondary servers look for a new version.</param>
/// <param name="Retry">After how long they look again when that failed.</param>
/// <param name="Expire">After how long without success they stop answering.</param>
/// <param name="Minimum">How long an absence may be kept at most (RFC 2308 §4).</param>
public sealed record SoaRecord(DomainName PrimaryServer, string Mailbox, uint Serial, TimeSpan Refresh, TimeSpan Retry, TimeSpan Expire, TimeSpan Minimum)
{
    /// <summary>The record as in a zone file: <c>ns.example.com. hostmaster.example.com. 2026010100 7200 3600 1209600 3600</c></summary>
    /// <returns>Two names and five numbers, times in seconds.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{PrimaryServer}. {Mailbox}. {Serial} {Refresh.TotalSeconds:0} {Retry.TotalSeconds:0} {Expire.TotalSeconds:0} {Minimum.TotalSeconds:0}");
}
