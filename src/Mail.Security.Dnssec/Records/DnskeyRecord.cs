using System.Buffers.Binary;
using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>A key of a zone (RFC 4034 §2). Two are equal when all fields are, the key by its octets.</summary>
/// <param name="Flags">The flags, of which three have a meaning: see the properties.</param>
/// <param name="Protocol">The protocol, 3 in every key that counts.</param>
/// <param name="Algorithm">The number of the algorithm.</param>
/// <param name="PublicKey">The key in the form of its algorithm: any octets, never none.</param>
public sealed record DnskeyRecord(ushort Flags, byte Protocol, byte Algorithm, ReadOnlyMemory<byte> PublicKey)
{
    private const int ZoneKey = 0x0100;
    private const int Revoked = 0x0080;
    private const int SecureEntryPoint = 0x0001;

    /// <summary>True when its signatures count for records of the zone (RFC 4034 §2.1.1).</summary>
    public bool IsZoneKey => (Flags & ZoneKey) != 0;

    /// <summary>True when the zone's owner took it back (RFC 5011 §2.1).</summary>
    public bool IsRevoked => (Flags & Revoked) != 0;

    /// <summary>True when the owner means it for DS records and trust anchors; no more than a hint (RFC 4034 §2.1.1).</summary>
    public bool IsSecureEntryPoint => (Flags & SecureEntryPoint) != 0;

    /// <summary>The tag by which signatures and DS records name the key (RFC 4034 appendix B); several keys may share one.</summary>
    public ushort KeyTag => DnsKeyData.TagOf(ToData());

    /// <inheritdoc/>
    public bool Equals(DnskeyRecord? other) =>
        other is not null && Flags == other.Flags && Protocol == other.Protocol && Algorithm == other.Algorithm && PublicKey.Span.SequenceEqual(other.PublicKey.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Flags);
        hash.Add(Algorithm);
        hash.AddBytes(PublicKey.Span);
        return hash.ToHashCode();
    }

    /// <summary>The record as in a zone file (RFC 4034 §2.2): <c>257 3 13 mdsswUyr3DPW…</c></summary>
    /// <returns>Three numbers and the key in base64.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Flags} {Protocol} {Algorithm} {Convert.ToBase64String(PublicKey.Span)}");

    private byte[] ToData()
    {
        byte[] data = [0, 0, Protocol, Algorithm, .. PublicKey.Span];
        BinaryPrimitives.WriteUInt16BigEndian(data, Flags);
        return data;
    }
}
