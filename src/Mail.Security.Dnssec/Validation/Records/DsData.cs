using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mail.Security.Dnssec;

/// <summary>A delegation signer: the digest of a key that a zone above vouches for (RFC 4034 §5).</summary>
internal sealed record DsData(ushort Tag, byte Algorithm, byte DigestType, ReadOnlyMemory<byte> Digest)
{
    private const byte Sha1 = 1;
    private const byte Sha256 = 2;
    private const byte Sha384 = 4;          // RFC 6605 §2

    public static bool TryRead(ReadOnlySpan<byte> data, out DsData record)
    {
        record = null!;
        if (data.Length <= 4)
            return false;
        record = new(BinaryPrimitives.ReadUInt16BigEndian(data), data[2], data[3], data[4..].ToArray());
        return true;
    }

    /// <summary>Whether the digest can be made here. RFC 8624 §3.3: SHA-1, SHA-256 and SHA-384 must be validated.</summary>
    public bool HasKnownDigest => DigestType is Sha1 or Sha256 or Sha384;

    /// <summary>The octets of a digest; zero for one that cannot be made here.</summary>
    public static int LengthOf(byte digestType) => digestType switch
    {
        Sha1 => SHA1.HashSizeInBytes,
        Sha256 => SHA256.HashSizeInBytes,
        Sha384 => SHA384.HashSizeInBytes,
        _ => 0,
    };

    /// <summary>True where nothing stronger than SHA-1 was used.</summary>
    public bool IsWeak => DigestType == Sha1;

    /// <summary>Whether this is the digest of a key, of the owner's name and the key's data (RFC 4034 §5.1.4).</summary>
    public bool Fits(CanonicalName zone, DnsKeyData key)
    {
        if (key.Tag != Tag || key.Algorithm != Algorithm)
            return false;
        byte[] hashed = [.. zone.Octets, .. key.Data];
        return DigestType switch
        {
            // Published as such; strength comes from the records beside it, see DelegationSigners.
#pragma warning disable CA5350
            Sha1 => SHA1.HashData(hashed).AsSpan().SequenceEqual(Digest.Span),
#pragma warning restore CA5350
            Sha256 => SHA256.HashData(hashed).AsSpan().SequenceEqual(Digest.Span),
            Sha384 => SHA384.HashData(hashed).AsSpan().SequenceEqual(Digest.Span),
            _ => false,
        };
    }
}
