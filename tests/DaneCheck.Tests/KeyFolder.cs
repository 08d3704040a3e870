using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>Files of certificates and keys, made for one test.</summary>
internal sealed class KeyFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("danecheck-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string name, byte[] octets)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, octets);
        return path;
    }

    /// <summary>A certificate, or what becomes of its key, in a form by its name.</summary>
    public string Write(string form, X509Certificate2 certificate, params X509Certificate2[] chain)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return form switch
        {
            "certificate.pem" => Write(form, certificate.ToPem(chain)),
            "certificate.der" => Write(form, certificate.RawData),
            "both.pem" => Write(form, certificate.ToPrivateKeyPem() + certificate.ToPem(chain)),
            "pkcs8.pem" => Write(form, key.ExportPkcs8PrivateKeyPem()),
            "pkcs8.der" => Write(form, key.ExportPkcs8PrivateKey()),
            "sec1.pem" => Write(form, key.ExportECPrivateKeyPem()),
            "public.pem" => Write(form, key.ExportSubjectPublicKeyInfoPem()),
            "public.der" => Write(form, key.ExportSubjectPublicKeyInfo()),
            "encrypted.pem" => Write(form, key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1))),
            "nothing.pem" => Write(form, "-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n"),
            "nothing.der" => Write(form, "nothing"u8.ToArray()),
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
