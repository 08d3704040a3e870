using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

/// <summary>A key pair made for one certificate, and the way it signs.</summary>
internal sealed class TestSigningKey : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private TestSigningKey(RSA? rsa, ECDsa? ecdsa, HashAlgorithmName hash) => (_rsa, _ecdsa, Hash) = (rsa, ecdsa, hash);

    public HashAlgorithmName Hash { get; }

    public PublicKey PublicKey => _rsa is not null ? new PublicKey(_rsa) : new PublicKey(_ecdsa!);

    public X509SignatureGenerator Signer => _rsa is not null
        ? Hash == HashAlgorithmName.SHA1 ? new Sha1Signer(_rsa) : X509SignatureGenerator.CreateForRSA(_rsa, RSASignaturePadding.Pkcs1)
        : X509SignatureGenerator.CreateForECDsa(_ecdsa!);

    public static TestSigningKey Create(TestKeyType type) => type switch
    {
        TestKeyType.EcdsaP256 => new(null, ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256),
        TestKeyType.EcdsaP384 => new(null, ECDsa.Create(ECCurve.NamedCurves.nistP384), HashAlgorithmName.SHA384),
        TestKeyType.Rsa2048 => new(RSA.Create(2048), null, HashAlgorithmName.SHA256),
        TestKeyType.Rsa1024Weak => new(CreateWeakRsa(), null, HashAlgorithmName.SHA256),
        TestKeyType.Rsa2048Sha1Weak => new(RSA.Create(2048), null, HashAlgorithmName.SHA1),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown kind of key."),
    };

    /// <summary>Joins a certificate with this key in a form every platform's TLS can use.</summary>
    public X509Certificate2 Attach(X509Certificate2 certificate)
    {
        var joined = _rsa is not null ? certificate.CopyWithPrivateKey(_rsa) : certificate.CopyWithPrivateKey(_ecdsa!);
        if (!OperatingSystem.IsWindows())
            return joined;
        using (joined)                                    // SChannel serves no key that lives in memory only
            return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }

#pragma warning disable CA5350 // As with the short key: a signature that must be refused. The framework's generator does not make it.
    private sealed class Sha1Signer(RSA key) : X509SignatureGenerator
    {
        // AlgorithmIdentifier of sha1WithRSAEncryption
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05, 0x05, 0x00];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }
#pragma warning restore CA5350

#pragma warning disable CA5385 // The short key is what tests of a refusal need; it never leaves them.
    private static RSA CreateWeakRsa() => RSA.Create(1024);
#pragma warning restore CA5385
}
