using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Hosting;

/// <summary>Private keys in PEM: RSA and ECDSA, which are what TLS of today has certificates for.</summary>
internal static class PrivateKeys
{
    /// <summary>Reads the private key of a text; null when there is none, or none that can be read. The caller disposes it.</summary>
    public static AsymmetricAlgorithm? Read(string text)
    {
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label];
            if (!label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) || label.StartsWith("ENCRYPTED", StringComparison.Ordinal))
                continue;
            return Import(rest[fields.Location], RSA.Create()) ?? Import(rest[fields.Location], ECDsa.Create());
        }
        return null;
    }

    /// <summary>Whether the public half of the key is the one of the certificate.</summary>
    public static bool BelongsTo(AsymmetricAlgorithm key, X509Certificate2 certificate) =>
        key switch
        {
            RSA rsa => certificate.GetRSAPublicKey() is { } other && Same(rsa, other),
            ECDsa ecdsa => certificate.GetECDsaPublicKey() is { } other && Same(ecdsa, other),
            _ => false,
        };

    public static X509Certificate2 Join(X509Certificate2 certificate, AsymmetricAlgorithm key) =>
        key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);

    private static bool Same(AsymmetricAlgorithm key, AsymmetricAlgorithm other)
    {
        using (other)
            return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(other.ExportSubjectPublicKeyInfo());
    }

    private static AsymmetricAlgorithm? Import(ReadOnlySpan<char> pem, AsymmetricAlgorithm into)
    {
        try
        {
            into.ImportFromPem(pem);
            return into;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            into.Dispose();
            return null;
        }
    }
}
