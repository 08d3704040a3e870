using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Puts record data into canonical form: the names in it uncompressed and, where RFC 4034 §6.2 lists the type, in lower case.</summary>
/// <remarks>RFC 6840 §5.1: names in NSEC keep their case, and HINFO holds none. Later types have no compressed names and are taken as they are.</remarks>
internal static class CanonicalData
{
    /// <summary>The canonical data; as it came when its names cannot be read, so that no signature of an honest signer fits.</summary>
    public static byte[] Of(DnsMessage message, RawRecord record) => TryOf(message, record, out var data) ? data : record.Data(message).ToArray();

    /// <summary>The canonical data; false when its names cannot be read.</summary>
    public static bool TryOf(DnsMessage message, RawRecord record, out byte[] data)
    {
        var (before, names) = Layout(record.Type);
        if (names > 0)
            return TryRewrite(message, record, before, names, out data);
        data = record.Data(message).ToArray();
        return true;
    }

    // How many octets stand before the names, and how many names follow.
    private static (int Before, int Names) Layout(ResourceRecordType type) => (ushort)type switch
    {
        2 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 39 => (0, 1),      // NS MD MF CNAME MB MG MR PTR DNAME
        6 or 14 or 17 => (0, 2),                                    // SOA MINFO RP
        15 or 18 or 21 or 36 => (2, 1),                             // MX AFSDB RT KX
        26 => (2, 2),                                               // PX
        30 => (0, 1),                                               // NXT
        33 => (6, 1),                                               // SRV
        35 => (NaptrStrings, 1),
        24 or 46 => (18, 1),                                        // SIG RRSIG
        _ => (0, 0),
    };

    private const int NaptrStrings = -1;

    private static bool TryRewrite(DnsMessage message, RawRecord record, int before, int names, out byte[] data)
    {
        data = [];
        var wire = message.Wire.Span;
        if (before == NaptrStrings && !TryMeasureNaptr(record.Data(message), out before))
            return false;
        if (before > record.DataLength)
            return false;
        var at = record.DataAt + before;
        var octets = new List<byte>(record.DataLength + 64);
        octets.AddRange(wire[record.DataAt..at]);
        for (; names > 0; names--)
        {
            if (!WireName.TryRead(wire, ref at, record.DataEnd, out var name))
                return false;
            octets.AddRange(CanonicalName.Of(name).Octets);
        }
        octets.AddRange(wire[at..record.DataEnd]);
        data = [.. octets];
        return true;
    }

    // Order and preference, then flags, services and expression as character-strings.
    private static bool TryMeasureNaptr(ReadOnlySpan<byte> data, out int length)
    {
        length = 4;
        for (var strings = 0; strings < 3; strings++)
        {
            if (length >= data.Length)
                return false;
            length += data[length] + 1;
        }
        return length <= data.Length;
    }
}
