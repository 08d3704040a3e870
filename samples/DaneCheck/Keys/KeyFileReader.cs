using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DaneCheck.Running;

namespace DaneCheck.Keys;

/// <summary>Reads certificates and keys: PEM, or one of them in DER.</summary>
internal static class KeyFileReader
{
    private const int MaxLength = 1 << 20;
    private const string CertificateLabel = "CERTIFICATE";
    private const string PublicKeyLabel = "PUBLIC KEY";

    /// <summary>Reads a file. Of a private key only its public half is kept.</summary>
    /// <param name="option">The option that named it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">It cannot be read, or holds neither.</exception>
    public static KeyMaterial Read(string option, string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxLength })
                throw new UsageException($"{option} {path}: that is no certificate and no key.");
            var octets = File.ReadAllBytes(path);
            return octets.AsSpan().IndexOf("-----BEGIN "u8) >= 0 ? OfPem(option, path, Encoding.Latin1.GetString(octets)) : OfDer(option, path, octets);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"{option} {path}: {exception.Message}");
        }
    }

    // Certificates come first: a file that holds both is that of a server.
    private static KeyMaterial OfPem(string option, string path, string text)
    {
        var certificates = new List<X509Certificate2>();
        byte[]? key = null;
        var encrypted = false;
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            var label = rest[found.Label].ToString();
            var octets = Convert.FromBase64String(rest[found.Base64Data].ToString());
            if (label == CertificateLabel)
                certificates.Add(X509CertificateLoader.LoadCertificate(octets));
            else if (label == PublicKeyLabel)
                key ??= IsPublicKey(octets) ? octets : throw Unknown(option, path);
            else if (label == "ENCRYPTED PRIVATE KEY" || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
                encrypted = true;
            else if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                key ??= PublicHalf(PemEncoding.WriteString(label, octets)) ?? throw Unknown(option, path);
        }
        return certificates.Count > 0 ? OfCertificates(path, certificates)
            : key is not null ? new(path, [], key)
            : encrypted ? throw new UsageException($"{option} {path}: the key is encrypted; give its public half, as 'openssl pkey -pubout' writes it.")
            : throw new UsageException($"{option} {path}: there is no certificate and no key.");
    }

    private static KeyMaterial OfDer(string option, string path, byte[] octets)
    {
        if ((IsPublicKey(octets) ? octets : PublicHalf(PemEncoding.WriteString("PRIVATE KEY", octets))) is { } key)
            return new(path, [], key);
        try
        {
            return OfCertificates(path, [X509CertificateLoader.LoadCertificate(octets)]);
        }
        catch (CryptographicException)
        {
            throw Unknown(option, path);
        }
    }

    private static KeyMaterial OfCertificates(string path, List<X509Certificate2> certificates) => new(path, certificates, certificates[0].PublicKey.ExportSubjectPublicKeyInfo());

    private static bool IsPublicKey(byte[] octets)
    {
        try
        {
            _ = System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(octets, out var read);
            return read == octets.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? PublicHalf(string pem)
    {
        foreach (var make in (Func<AsymmetricAlgorithm>[])[ECDsa.Create, RSA.Create])
        {
            using var key = make();
            try
            {
                key.ImportFromPem(pem);
                return key.ExportSubjectPublicKeyInfo();
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                // It is of the other kind, or of none of the two.
            }
        }
        return null;
    }

    private static UsageException Unknown(string option, string path) =>
        new($"{option} {path}: there is no certificate and no RSA or ECDSA key; of another key give the public half, as 'openssl pkey -pubout' writes it.");
}
