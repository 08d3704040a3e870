using System.Buffers.Binary;

namespace Mail.Security.Dnssec;

/// <summary>A key of a zone (RFC 4034 §2).</summary>
internal sealed class DnsKeyData
{
    private const int ZoneKey = 0x0100;
    private const int Revoked = 0x0080;     // RFC 5011 §2.1
    private const byte Protocol = 3;        // RFC 4034 §2.1.2

    private readonly Lock _lock = new();
    private PublicKey? _key;

    private DnsKeyData(byte[] data) => (Data, Tag) = (data, TagOf(data));

    /// <summary>The record data.</summary>
    public byte[] Data { get; }

    public ushort Tag { get; }

    public int Flags => BinaryPrimitives.ReadUInt16BigEndian(Data);

    public byte Algorithm => Data[3];

    /// <summary>Whether its owner means it for trust anchors (RFC 4034 §2.1.1).</summary>
    public bool IsSecureEntryPoint => (Flags & 1) != 0;

    public bool IsRevoked => (Flags & Revoked) != 0;

    /// <summary>Whether signatures by it may prove anything: a zone key (RFC 4034 §2.1.1) of protocol 3.</summary>
    public bool IsZoneKey => HasZoneFlag && Data[2] == Protocol;

    public bool HasZoneFlag => (Flags & ZoneKey) != 0;

    /// <summary>Reads the data; false where it has no key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out DnsKeyData key)
    {
        key = null!;
        if (data.Length <= 4)
            return false;
        key = new([.. data]);
        return true;
    }

    /// <summary>The key for checking signatures; one that cannot be read fits none.</summary>
    public PublicKey Key
    {
        get
        {
            lock (_lock)
                return _key ??= PublicKey.Read(Algorithm, Data.AsSpan(4));
        }
    }

    // RFC 4034 appendix B. Algorithm 1, which counts otherwise, must not be used (RFC 8624 §3.1).
    internal static ushort TagOf(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (var i = 0; i < data.Length; i++)
            sum += (i & 1) == 0 ? (uint)data[i] << 8 : data[i];
        return (ushort)(sum + (sum >> 16));
    }
}
