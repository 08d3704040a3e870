using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>A delegation signer: the digest of a key, by which the zone above vouches for it (RFC 4034 §5). Two are equal when all fields are, the digest by its octets.</summary>
/// <param name="KeyTag">The tag of the key.</param>
/// <param name="Algorithm">The number of the key's algorithm.</param>
/// <param name="DigestType">The number of the digest's algorithm.</param>
/// <param name="Digest">The digest of the owner's name and the key's data: any length, never empty. Whether it fits is not judged here.</param>
public sealed record DsRecord(ushort KeyTag, byte Algorithm, byte DigestType, ReadOnlyMemory<byte> Digest)
{
    /// <inheritdoc/>
    public bool Equals(DsRecord? other) =>
        other is not null && KeyTag == other.KeyTag && Algorithm == other.Algorithm && DigestType == other.DigestType && Digest.Span.SequenceEqual(other.Digest.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(KeyTag);
        hash.Add(Algorithm);
        hash.Add(DigestType);
        hash.AddBytes(Digest.Span);
        return hash.ToHashCode();
    }

    /// <summary>The record as in a zone file (RFC 4034 §5.3): <c>12345 13 2 ab12…</c>, lower-case hexadecimal.</summary>
    /// <returns>Three numbers and the digest.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{KeyTag} {Algorithm} {DigestType} {Convert.ToHexStringLower(Digest.Span)}");
}
