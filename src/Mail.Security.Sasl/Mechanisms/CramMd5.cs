using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>What both halves of CRAM-MD5 compute (RFC 2195 §2).</summary>
internal static class CramMd5
{
    public const int DigestLength = 32;

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The mechanism is this keyed MD5; it stands below SCRAM in every list.")]
    public static byte[] Digest(ReadOnlySpan<byte> password, ReadOnlySpan<byte> challenge)
    {
        Span<byte> mac = stackalloc byte[MD5.HashSizeInBytes];
        HMACMD5.HashData(password, challenge, mac);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(mac));
    }

    /// <summary>Whether a challenge has the form of a message identifier: printable, "&lt;", something, "@", something, "&gt;".</summary>
    /// <remarks>A server free to choose any text would have a keyed hash of that text.</remarks>
    public static bool IsChallenge(ReadOnlySpan<byte> challenge) =>
        challenge.Length is >= 5 and <= 1024 && challenge[0] == (byte)'<' && challenge[^1] == (byte)'>' && !challenge.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E)
        && challenge[1..^1].IndexOf((byte)'@') is > 0 and var at && at < challenge.Length - 3 && !challenge[1..^1].ContainsAny((byte)'<', (byte)'>');
}
