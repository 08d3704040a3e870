using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Mail.Security.Dnssec;

/// <summary>One record of a file of trust anchors (RFC 4034 §2.2, §5.3).</summary>
internal static class AnchorLine
{
    /// <summary>Reads a record that somebody configured: one that cannot be checked would make everything below it insecure without a word.</summary>
    public static bool TryRead(string[] words, out TrustAnchor anchor) =>
        TryReadAny(words, out anchor) && anchor.IsUsable(Sha1Use.Validate);

    /// <summary>Reads a record that was written by a resolver, which may have known other algorithms.</summary>
    public static bool TryReadAny(string[] words, out TrustAnchor anchor)
    {
        anchor = null!;
        if (words.Length < 2 || !TryReadZone(words[0], out var zone))
            return false;
        // Class and time to live may stand in either order, or be left out (RFC 1035 §5.1).
        var at = 1;
        while (at < words.Length && (words[at].Equals("IN", StringComparison.OrdinalIgnoreCase) || uint.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            at++;
        if (words.Length < at + 5 || !ushort.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !byte.TryParse(words[at + 2], NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            || !byte.TryParse(words[at + 3], NumberStyles.None, CultureInfo.InvariantCulture, out var third))
        {
            return false;
        }
        var rest = string.Concat(words[(at + 4)..]);
        return words[at].ToUpperInvariant() switch
        {
            "DS" => TryReadDigest(zone, first, second, third, rest, out anchor),
            "DNSKEY" => TryReadKey(zone, first, second, third, rest, out anchor),
            _ => false,
        };
    }

    private static bool TryReadZone(string word, out DomainName zone)
    {
        zone = default;
        return word == "." || DomainName.TryParseLax(word.TrimEnd('.'), out zone);
    }

    private static bool TryReadDigest(DomainName zone, ushort tag, byte algorithm, byte type, string hex, out TrustAnchor anchor)
    {
        anchor = null!;
        var length = DsData.LengthOf(type) is > 0 and var known ? known : hex.Length / 2;
        var digest = new byte[length];
        if (length is 0 or > byte.MaxValue || hex.Length != 2 * length || Convert.FromHexString(hex, digest, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        anchor = new(zone, tag, algorithm, type, digest);
        return true;
    }

    private static bool TryReadKey(DomainName zone, ushort flags, byte protocol, byte algorithm, string base64, out TrustAnchor anchor)
    {
        anchor = null!;
        var key = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, key, out var length))
            return false;
        byte[] data = [0, 0, protocol, algorithm, .. key.AsSpan(0, length)];
        BinaryPrimitives.WriteUInt16BigEndian(data, flags);
        if (!DnsKeyData.TryRead(data, out var read) || !read.IsZoneKey || read.IsRevoked)
            return false;
        anchor = Of(read, CanonicalName.Of(zone), zone);
        return true;
    }

    /// <summary>A key as a trust anchor, by its digest of SHA-256.</summary>
    public static TrustAnchor Of(DnsKeyData key, CanonicalName zone, DomainName name)
    {
        byte[] hashed = [.. zone.Octets, .. key.Data];
        return new(name, key.Tag, key.Algorithm, 2, SHA256.HashData(hashed));
    }
}
