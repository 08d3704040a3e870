using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Dane;

/// <summary>The first certificate of a PEM text, or, where there is none, its first key. Of a private key the public half alone leaves this class.</summary>
internal static class PemContent
{
    private const string CertificateLabel = "CERTIFICATE";
    private const string PublicKeyLabel = "PUBLIC KEY";
    private const string PrivateKeySuffix = "PRIVATE KEY";

    /// <summary>Reads the text.</summary>
    /// <returns>The certificate in DER, or the key as SubjectPublicKeyInfo in DER; the other is null.</returns>
    /// <exception cref="ArgumentException">There is neither, or it cannot be read.</exception>
    public static (byte[]? Certificate, byte[]? PublicKeyInfo) Read(ReadOnlySpan<char> pem)
    {
        byte[]? key = null;
        ArgumentException? refusal = null;
        for (var rest = pem; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            var label = rest[found.Label];
            if (label.SequenceEqual(CertificateLabel))
                return (Decode(rest, found), null);
            if (key is not null)
                continue;
            if (label.SequenceEqual(PublicKeyLabel))
                key = CheckedKey(Decode(rest, found));
            else if (label.EndsWith(PrivateKeySuffix, StringComparison.Ordinal) && !TryGetPublicHalf(rest[found.Location], out key))
                refusal = new ArgumentException(label.StartsWith("ENCRYPTED", StringComparison.Ordinal) || rest[found.Location].Contains("ENCRYPTED", StringComparison.Ordinal)
                    ? "The private key is encrypted; its public half is enough."
                    : "The private key is neither an RSA nor an ECDSA key that can be read; its public half is enough.", nameof(pem));
        }
        return key is not null ? (null, key) : throw refusal ?? new ArgumentException("There is no certificate and no key.", nameof(pem));
    }

    private static byte[] Decode(ReadOnlySpan<char> text, PemFields found)
    {
        var octets = new byte[found.DecodedDataLength];
        return Convert.TryFromBase64Chars(text[found.Base64Data], octets, out var length) && length == octets.Length ? octets
            : throw new ArgumentException("The PEM text cannot be decoded.", nameof(text));
    }

    private static byte[] CheckedKey(byte[] info)
    {
        try
        {
            _ = PublicKey.CreateFromSubjectPublicKeyInfo(info, out var read);
            return read == info.Length ? info : throw new ArgumentException("The public key is not well formed.", nameof(info));
        }
        catch (CryptographicException exception)
        {
            throw new ArgumentException("The public key is not well formed.", nameof(info), exception);
        }
    }

    private static bool TryGetPublicHalf(ReadOnlySpan<char> pem, [NotNullWhen(true)] out byte[]? publicKeyInfo)
    {
        foreach (var make in (ReadOnlySpan<Func<AsymmetricAlgorithm>>)[ECDsa.Create, RSA.Create])
        {
            using var key = make();
            try
            {
                key.ImportFromPem(pem);
                publicKeyInfo = key.ExportSubjectPublicKeyInfo();
                return true;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                // It is of the other kind, or of neither.
            }
        }
        publicKeyInfo = null;
        return false;
    }
}
