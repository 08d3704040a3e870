using System.Security.Cryptography;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>The arithmetic of RFC 5802 §3, for each hash function.</summary>
internal static class ScramAlgorithm
{
    public static string Name(ScramHash hash) => hash switch
    {
        ScramHash.Sha1 => SaslMechanisms.ScramSha1,
        ScramHash.Sha512 => SaslMechanisms.ScramSha512,
        _ => SaslMechanisms.ScramSha256,
    };

    public static int Size(ScramHash hash) => hash switch
    {
        ScramHash.Sha1 => SHA1.HashSizeInBytes,
        ScramHash.Sha512 => SHA512.HashSizeInBytes,
        _ => SHA256.HashSizeInBytes,
    };

    public static byte[] Hash(ScramHash hash, ReadOnlySpan<byte> data) => CryptographicOperations.HashData(Algorithm(hash), data);

    public static byte[] Hmac(ScramHash hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(Algorithm(hash), key, data);

    /// <summary>Hi() of RFC 5802 §2.2; the caller clears it.</summary>
    public static byte[] SaltPassword(ScramHash hash, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        var salted = new byte[Size(hash)];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, salted, iterations, Algorithm(hash));
        return salted;
    }

    /// <summary>ClientKey and ServerKey; the caller clears them.</summary>
    public static (byte[] ClientKey, byte[] ServerKey) DeriveKeys(ScramHash hash, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        var salted = SaltPassword(hash, password, salt, iterations);
        try
        {
            return (Hmac(hash, salted, "Client Key"u8), Hmac(hash, salted, "Server Key"u8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(salted);
        }
    }

    public static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] ^= other[i];
    }

    /// <summary>A fresh nonce of 24 characters, all printable and no comma (RFC 5802 §7).</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    public static byte[] AuthMessage(ReadOnlySpan<byte> clientFirstBare, ReadOnlySpan<byte> serverFirst, ReadOnlySpan<byte> clientFinalWithoutProof) =>
        [.. clientFirstBare, (byte)',', .. serverFirst, (byte)',', .. clientFinalWithoutProof];

    /// <summary>Escapes a name (saslname of RFC 5802 §7).</summary>
    public static string Escape(string name) => name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    /// <summary>Undoes the escape; false when a '=' is not followed by "2C" or "3D" (RFC 5802 §5.1).</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> saslName, out byte[] name)
    {
        var (plain, length) = (new byte[saslName.Length], 0);
        name = [];
        for (var i = 0; i < saslName.Length; i++)
        {
            if (saslName[i] != (byte)'=')
            {
                plain[length++] = saslName[i];
                continue;
            }
            var code = saslName[(i + 1)..];
            if (!code.StartsWith("2C"u8) && !code.StartsWith("3D"u8))
                return false;
            plain[length++] = code[0] == (byte)'2' ? (byte)',' : (byte)'=';
            i += 2;
        }
        name = plain[..length];
        return length > 0;
    }

    public static string Base64(ReadOnlySpan<byte> data) => Convert.ToBase64String(data);

    /// <summary>Reads base64 in its one canonical form (RFC 5802 §2.1): a second spelling of a proof would be a second message of the same meaning.</summary>
    public static bool TryBase64(ReadOnlySpan<byte> text, out byte[] data)
    {
        data = [];
        if (text.Length % 4 != 0)
            return false;
        var decoded = new byte[text.Length / 4 * 3];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(text, decoded, out var read, out var written) != System.Buffers.OperationStatus.Done || read != text.Length)
            return false;
        data = decoded[..written];
        return text.SequenceEqual(Encoding.ASCII.GetBytes(Base64(data)));
    }

    private static HashAlgorithmName Algorithm(ScramHash hash) => hash switch
    {
        ScramHash.Sha1 => HashAlgorithmName.SHA1,
        ScramHash.Sha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };
}
