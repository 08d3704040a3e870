using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DaneCheck.Running;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace DaneCheck.Keys;

/// <summary>Reads certificates and keys: PEM, or one of them in DER.</summary>
internal static class KeyFileReader
{
    private const int MaxLength = 1 << 20;
    private const string CertificateLabel = "CERTIFICATE";

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
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            if (rest[found.Label].SequenceEqual(CertificateLabel))
                certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[found.Base64Data].ToString())));
        }
        return certificates.Count > 0 ? OfCertificates(path, certificates) : OfKey(option, path, text);
    }

    private static KeyMaterial OfDer(string option, string path, byte[] octets)
    {
        try
        {
            return OfCertificates(path, [X509CertificateLoader.LoadCertificate(octets)]);
        }
        catch (CryptographicException)
        {
            return OfKey(option, path, PemEncoding.WriteString(IsPublicKey(octets) ? "PUBLIC KEY" : "PRIVATE KEY", octets));
        }
    }

    private static KeyMaterial OfCertificates(string path, List<X509Certificate2> certificates) => new(path, certificates, certificates[0].PublicKey.ExportSubjectPublicKeyInfo());

    private static bool IsPublicKey(byte[] octets)
    {
        try
        {
            _ = PublicKey.CreateFromSubjectPublicKeyInfo(octets, out var read);
            return read == octets.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // A Full(0) record of a key is the key.
    private static KeyMaterial OfKey(string option, string path, string pem)
    {
        try
        {
            return new(path, [], TlsaRecordMaker.FromPem(pem, matching: TlsaMatching.Full).Data);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{option} {path}: {exception.Message.Split(" (Parameter", 2)[0]} 'openssl pkey -pubout' writes the public half of a key.");
        }
    }
}
