using System.Buffers.Binary;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>The record types that speak of zones and services, and any other as octets.</summary>
internal static class ZoneRecordShapes
{
    public static readonly RecordShape<DomainName> Ns = new(DnssecTypes.Ns, RecordShapes.TryReadAlias, RecordShapes.EachOnce);
    public static readonly RecordShape<SrvRecord> Srv = new(ResourceRecordType.SRV, TryReadSrv, ArrangeSrv);
    public static readonly RecordShape<SoaRecord> Soa = new(DnssecTypes.Soa, TryReadSoa, TheOnlyOne);
    public static readonly RecordShape<DsRecord> Ds = new(DnssecTypes.Ds, TryReadDs, RecordShapes.EachOnce);
    public static readonly RecordShape<DnskeyRecord> Dnskey = new(DnssecTypes.Dnskey, TryReadDnskey, RecordShapes.EachOnce);

    private const int LeastMeta = 128;
    private const int MostMeta = 255;

    /// <summary>The shape of a type whose data is handed out as it is.</summary>
    public static RecordShape<DnsRecord> Raw(ushort type) => new((ResourceRecordType)type, TryReadRaw, RecordShapes.EachOnce) { Form = RecordForm.Raw };

    /// <summary>Whether records of a type can be asked for: those for questions and messages alone cannot (RFC 6895 §3.1), nor signatures, which nobody signs (RFC 4035 §2.2).</summary>
    public static bool CanAskFor(ushort type) => type is not (0 or (ushort)ResourceRecordType.OPT or (ushort)DnssecTypes.Rrsig or (>= LeastMeta and <= MostMeta));

    private static bool TryReadSrv(DnsMessage message, RawRecord record, out SrvRecord value)
    {
        const int Numbers = 6;
        value = default;
        var at = record.DataAt + Numbers;
        if (record.DataLength <= Numbers || !TryReadHost(message, ref at, record.DataEnd, out var target) || at != record.DataEnd)
            return false;
        var data = record.Data(message);
        value = new(BinaryPrimitives.ReadUInt16BigEndian(data), BinaryPrimitives.ReadUInt16BigEndian(data[2..]), BinaryPrimitives.ReadUInt16BigEndian(data[4..]), target);
        return true;
    }

    private static bool TryReadSoa(DnsMessage message, RawRecord record, out SoaRecord value)
    {
        const int Numbers = 20;
        value = null!;
        var wire = message.Wire.Span;
        var at = record.DataAt;
        if (!TryReadHost(message, ref at, record.DataEnd, out var server) || !WireName.TryRead(wire, ref at, record.DataEnd, out var mailbox) || at + Numbers != record.DataEnd)
            return false;
        var name = CanonicalName.Of(mailbox);
        value = new(server, name.IsRoot ? "" : name.ToString(), Number(wire, at), Seconds(wire, at + 4), Seconds(wire, at + 8), Seconds(wire, at + 12), Seconds(wire, at + 16));
        return true;
    }

    private static bool TryReadDs(DnsMessage message, RawRecord record, out DsRecord value)
    {
        value = null!;
        if (!DsData.TryRead(record.Data(message), out var data))
            return false;
        value = new(data.Tag, data.Algorithm, data.DigestType, data.Digest);
        return true;
    }

    private static bool TryReadDnskey(DnsMessage message, RawRecord record, out DnskeyRecord value)
    {
        value = null!;
        var data = record.Data(message);
        if (data.Length <= 4)
            return false;
        value = new(BinaryPrimitives.ReadUInt16BigEndian(data), data[2], data[3], data[4..].ToArray());
        return true;
    }

    private static bool TryReadRaw(DnsMessage message, RawRecord record, out DnsRecord value)
    {
        value = null!;
        if (!CanonicalData.TryOf(message, record, out var data) || !WireName.TryToOwner(record.Owner, out var owner))
            return false;
        value = new(owner, (ushort)record.Type, data);
        return true;
    }

    // A host, or the root in its place.
    private static bool TryReadHost(DnsMessage message, ref int at, int end, out DomainName host)
    {
        host = default;
        return WireName.TryRead(message.Wire.Span, ref at, end, out var octets) && (WireName.IsRoot(octets) || WireName.TryToDomainName(octets, out host));
    }

    private static uint Number(ReadOnlySpan<byte> wire, int at) => BinaryPrimitives.ReadUInt32BigEndian(wire[at..]);

    private static TimeSpan Seconds(ReadOnlySpan<byte> wire, int at) => TimeSpan.FromSeconds(Number(wire, at));

    // That a service does not exist counts only where nothing else is published; beside an unreadable record nothing is sure.
    private static List<SrvRecord> ArrangeSrv(List<SrvRecord> readable, int total)
    {
        var places = readable.Where(static record => !record.IsUnavailable).Distinct().OrderBy(static record => record.Priority).ToList();
        return places.Count > 0 ? places : readable.Count == total ? readable[..Math.Min(1, readable.Count)] : [];
    }

    // RFC 1035 §5.2: a zone has one start; of two, none is sure.
    private static List<SoaRecord> TheOnlyOne(List<SoaRecord> readable, int total) => readable.Distinct().ToList() is { Count: 1 } one ? one : [];
}
