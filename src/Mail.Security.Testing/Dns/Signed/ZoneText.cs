using System.Globalization;
using System.Net;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>Reads record data written as in a zone file, names whole and without a dot at the end (RFC 1035 §5.1).</summary>
internal static class ZoneText
{
    public static byte[] Read(DnsRecordType type, string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return type switch
        {
            DnsRecordType.A or DnsRecordType.Aaaa => IPAddress.Parse(text).GetAddressBytes(),
            DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr or DnsRecordType.Dname => ZoneName.Parse(text).Wire,
            DnsRecordType.Mx => [.. Word(words[0]), .. ZoneName.Parse(words[1]).Wire],
            DnsRecordType.Srv => [.. Word(words[0]), .. Word(words[1]), .. Word(words[2]), .. ZoneName.Parse(words[3]).Wire],
            DnsRecordType.Txt => DnsWire.EncodeText(Encoding.Latin1.GetBytes(text)),
            DnsRecordType.Hinfo => [.. words.SelectMany(static word => DnsWire.EncodeText(Encoding.Latin1.GetBytes(word)))],
            DnsRecordType.Tlsa => [Octet(words[0]), Octet(words[1]), Octet(words[2]), .. Convert.FromHexString(string.Concat(words[3..]))],
            DnsRecordType.Ds => [.. Word(words[0]), Octet(words[1]), Octet(words[2]), .. Convert.FromHexString(string.Concat(words[3..]))],
            DnsRecordType.Naptr => [.. Word(words[0]), .. Word(words[1]), .. words[2..5].SelectMany(static word => DnsWire.EncodeText(Encoding.Latin1.GetBytes(word.Trim('"')))), .. ZoneName.Parse(words[5]).Wire],
            _ => throw new ArgumentException($"Records of type {type} are given as octets.", nameof(type)),
        };
    }

    private static byte Octet(string word) => byte.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    private static byte[] Word(string word)
    {
        var value = ushort.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
        return [(byte)(value >> 8), (byte)value];
    }
}
