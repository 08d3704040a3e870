using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Org.BouncyCastle.Security;

namespace Mail.Security.Testing;

/// <summary>Makes key pairs: the public key as in a DNSKEY record, and what makes signatures as in an RRSIG record.</summary>
internal static class DnssecTestKeyPairs
{
    private const int RsaBits = 2048;

    public static (byte[] Key, Func<byte[], byte[]> Sign) Create(DnssecTestAlgorithm algorithm) => algorithm switch
    {
        DnssecTestAlgorithm.RsaSha1 or DnssecTestAlgorithm.RsaSha1Nsec3 => Rsa(HashAlgorithmName.SHA1),
        DnssecTestAlgorithm.RsaSha256 => Rsa(HashAlgorithmName.SHA256),
        DnssecTestAlgorithm.RsaSha512 => Rsa(HashAlgorithmName.SHA512),
        DnssecTestAlgorithm.EcdsaP256 => Ec(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
        DnssecTestAlgorithm.EcdsaP384 => Ec(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        DnssecTestAlgorithm.Ed25519 => Edwards25519(),
        DnssecTestAlgorithm.Ed448 => Edwards448(),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Unknown algorithm."),
    };

    // The exponent behind its length, then the modulus (RFC 5702 §2).
    private static (byte[], Func<byte[], byte[]>) Rsa(HashAlgorithmName hash)
    {
        var rsa = RSA.Create(RsaBits);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return ([(byte)parameters.Exponent!.Length, .. parameters.Exponent, .. parameters.Modulus!], Locked(data => rsa.SignData(data, hash, RSASignaturePadding.Pkcs1)));
    }

    private static (byte[], Func<byte[], byte[]>) Ec(ECCurve curve, HashAlgorithmName hash)
    {
        var ec = ECDsa.Create(curve);
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        return ([.. point.X!, .. point.Y!], Locked(data => ec.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)));
    }

    private static (byte[], Func<byte[], byte[]>) Edwards25519()
    {
        var (secret, key) = (new byte[Ed25519.SecretKeySize], new byte[Ed25519.PublicKeySize]);
        Ed25519.GeneratePrivateKey(new SecureRandom(), secret);
        Ed25519.GeneratePublicKey(secret, 0, key, 0);
        return (key, data =>
        {
            var signature = new byte[Ed25519.SignatureSize];
            Ed25519.Sign(secret, 0, data, 0, data.Length, signature, 0);
            return signature;
        });
    }

    private static (byte[], Func<byte[], byte[]>) Edwards448()
    {
        var (secret, key) = (new byte[Ed448.SecretKeySize], new byte[Ed448.PublicKeySize]);
        Ed448.GeneratePrivateKey(new SecureRandom(), secret);
        Ed448.GeneratePublicKey(secret, 0, key, 0);
        return (key, data =>
        {
            var signature = new byte[Ed448.SignatureSize];
            Ed448.Sign(secret, 0, [], data, 0, data.Length, signature, 0);
            return signature;
        });
    }

    private static Func<byte[], byte[]> Locked(Func<byte[], byte[]> sign)
    {
        var turn = new Lock();
        return data =>
        {
            lock (turn)
                return sign(data);
        };
    }
}
