using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>The types that exist at a name (RFC 4034 §4.1.2).</summary>
internal readonly struct TypeBitmap
{
    private readonly byte[] _windows;

    private TypeBitmap(byte[] windows) => _windows = windows;

    /// <summary>Reads the windows; false where they do not rise, are empty or do not fill the data.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out TypeBitmap bitmap)
    {
        bitmap = new([.. data]);
        for (var last = -1; !data.IsEmpty;)
        {
            if (data.Length < 2 || data[0] <= last || data[1] is 0 or > 32 || data.Length < data[1] + 2)
                return false;
            last = data[0];
            data = data[(data[1] + 2)..];
        }
        return true;
    }

    public bool Has(ResourceRecordType type)
    {
        var (window, octet, bit) = ((int)type >> 8, ((int)type & 0xFF) >> 3, 0x80 >> ((int)type & 7));
        for (var at = 0; at < _windows.Length; at += _windows[at + 1] + 2)
        {
            if (_windows[at] == window)
                return octet < _windows[at + 1] && (_windows[at + 2 + octet] & bit) != 0;
        }
        return false;
    }

    /// <summary>RFC 6840 §4.1: what stands at a zone cut, seen from the parent, speaks of nothing at or below it but DS.</summary>
    public bool IsDelegation => Has(DnssecTypes.Ns) && !Has(DnssecTypes.Soa);
}
