using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>A key that is trusted without anybody vouching for it, as the digest of it: where a chain of trust begins (RFC 4033 §2, RFC 4035 §4.4).</summary>
/// <param name="Zone">The zone whose key it is; empty for the root.</param>
/// <param name="KeyTag">The tag of the key (RFC 4034 §5.1.1).</param>
/// <param name="Algorithm">The number of the key's algorithm.</param>
/// <param name="DigestType">The number of the digest's algorithm: 2 for SHA-256, 4 for SHA-384, 1 for SHA-1.</param>
/// <param name="Digest">The digest of owner name and key data (RFC 4034 §5.1.4).</param>
public sealed record TrustAnchor(DomainName Zone, ushort KeyTag, byte Algorithm, byte DigestType, ReadOnlyMemory<byte> Digest)
{
    internal DsData ToSigner() => new(KeyTag, Algorithm, DigestType, Digest);

    /// <summary>Whether keys can be held against it here, and their signatures checked: one that cannot would make everything below it insecure without a word (RFC 4035 §5.2).</summary>
    internal bool IsUsable(Sha1Use sha1) => SigningAlgorithms.IsKnown(Algorithm, sha1) && Digest.Length == DsData.LengthOf(DigestType);

    /// <summary>The anchor as in a zone file: <c>. DS 20326 8 2 e06d…</c></summary>
    /// <returns>One line without its end.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Zone.IsEmpty ? "" : Zone.Ascii)}. DS {KeyTag} {Algorithm} {DigestType} {Convert.ToHexStringLower(Digest.Span)}");

    /// <inheritdoc/>
    public bool Equals(TrustAnchor? other) => other is not null && Zone == other.Zone && KeyTag == other.KeyTag && Algorithm == other.Algorithm
        && DigestType == other.DigestType && Digest.Span.SequenceEqual(other.Digest.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Zone, KeyTag, Algorithm, DigestType);
}
