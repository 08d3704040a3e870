using System.Buffers.Binary;
using System.Net;
using System.Text;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>How the data of one record type is read into the value callers get.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Type">The record type.</param>
/// <param name="TryRead">Reads one record; false when its data is unreadable.</param>
/// <param name="Arrange">Puts the readable records of one answer in order, given how many records there were; empty when none can be used.</param>
internal sealed record RecordShape<T>(ResourceRecordType Type, RecordReader<T> TryRead, Func<List<T>, int, List<T>> Arrange)
{
    /// <summary>Whether the values are read or left as octets: the answers of the two are kept apart.</summary>
    public RecordForm Form { get; init; }

    public Question QuestionFor(DomainName name) => new(name, Type) { Form = Form };
}

/// <summary>Reads the data of one record.</summary>
internal delegate bool RecordReader<T>(DnsMessage message, RawRecord record, out T value);

/// <summary>The record types that mail is sent by.</summary>
internal static class RecordShapes
{
    public static readonly RecordShape<IPAddress> A = new(ResourceRecordType.A, TryReadAddress, AsAnswered);
    public static readonly RecordShape<IPAddress> Aaaa = new(ResourceRecordType.AAAA, TryReadAddress, AsAnswered);
    public static readonly RecordShape<MxRecord> Mx = new(ResourceRecordType.MX, TryReadMx, ArrangeMx);
    public static readonly RecordShape<DomainName> Cname = new(ResourceRecordType.CNAME, TryReadAlias, EachOnce);
    public static readonly RecordShape<string> Txt = new(ResourceRecordType.TXT, TryReadText, AsAnswered);
    public static readonly RecordShape<DomainName> Ptr = new(ResourceRecordType.PTR, TryReadAlias, EachOnce);
    public static readonly RecordShape<TlsaRecord> Tlsa = new(ResourceRecordType.TLSA, TryReadTlsa, AsAnswered);

    /// <summary>Reads the target of a CNAME or PTR, which must fill the data.</summary>
    public static bool TryReadAlias(DnsMessage message, RawRecord record, out DomainName value)
    {
        value = default;
        return TryReadName(message, record, record.DataAt, out var octets) && WireName.TryToDomainName(octets, out value);
    }

    private static bool TryReadName(DnsMessage message, RawRecord record, int at, out byte[] name) =>
        WireName.TryRead(message.Wire.Span, ref at, record.DataEnd, out name) && at == record.DataEnd;

    private static bool TryReadAddress(DnsMessage message, RawRecord record, out IPAddress value)
    {
        value = IPAddress.None;
        if (record.DataLength != (record.Type == ResourceRecordType.A ? 4 : 16))
            return false;
        value = new IPAddress(record.Data(message));
        return true;
    }

    private static bool TryReadMx(DnsMessage message, RawRecord record, out MxRecord value)
    {
        value = default;
        if (record.DataLength < 3 || !TryReadName(message, record, record.DataAt + 2, out var octets))
            return false;
        var exchange = default(DomainName);
        if (!WireName.IsRoot(octets) && !WireName.TryToDomainName(octets, out exchange))
            return false;
        value = new MxRecord(BinaryPrimitives.ReadUInt16BigEndian(record.Data(message)), exchange);
        return true;
    }

    // RFC 1035 §3.3.14: one or more character-strings.
    private static bool TryReadText(DnsMessage message, RawRecord record, out string value)
    {
        value = string.Empty;
        var data = record.Data(message);
        if (data.IsEmpty)
            return false;
        var text = new StringBuilder(data.Length);
        while (!data.IsEmpty)
        {
            var length = data[0];
            if (length >= data.Length)
                return false;
            text.Append(Encoding.Latin1.GetString(data.Slice(1, length)));
            data = data[(length + 1)..];
        }
        value = text.ToString();
        return true;
    }

    private static bool TryReadTlsa(DnsMessage message, RawRecord record, out TlsaRecord value)
    {
        var data = record.Data(message);
        value = null!;
        if (data.Length < 3)
            return false;
        value = new TlsaRecord((TlsaUsage)data[0], (TlsaSelector)data[1], (TlsaMatching)data[2], data[3..].ToArray());
        return true;
    }

    private static List<T> AsAnswered<T>(List<T> readable, int total) => readable;

    // The same name compressed in one record and not in another, or in another case, is one name.
    public static List<T> EachOnce<T>(List<T> readable, int total) => [.. readable.Distinct()];

    // RFC 7505 §3: a null MX counts only where nothing else is published; beside an unreadable record nothing is sure.
    private static List<MxRecord> ArrangeMx(List<MxRecord> readable, int total)
    {
        var hosts = readable.Where(record => !record.IsNullMx).Distinct().OrderBy(record => record.Preference).ToList();
        return hosts.Count > 0 ? hosts : readable.Count == total ? readable[..Math.Min(1, readable.Count)] : [];
    }
}
