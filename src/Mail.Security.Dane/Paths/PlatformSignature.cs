using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;

namespace Mail.Security.Dane;

/// <summary>What the platform says of a signature.</summary>
internal enum PlatformSignatureState : byte
{
    /// <summary>It has no such algorithm, or is not asked for it here.</summary>
    NotKnown = 0,

    Wrong,

    Right,
}

/// <summary>Checks the signatures that nearly all certificates have by the platform's own cryptography, which is many times faster than the library's.</summary>
internal static class PlatformSignature
{
    private static readonly Dictionary<DerObjectIdentifier, (HashAlgorithmName Hash, bool IsRsa)> Algorithms = new()
    {
        [X9ObjectIdentifiers.ECDsaWithSha256] = (HashAlgorithmName.SHA256, false),
        [X9ObjectIdentifiers.ECDsaWithSha384] = (HashAlgorithmName.SHA384, false),
        [X9ObjectIdentifiers.ECDsaWithSha512] = (HashAlgorithmName.SHA512, false),
        [PkcsObjectIdentifiers.Sha256WithRsaEncryption] = (HashAlgorithmName.SHA256, true),
        [PkcsObjectIdentifiers.Sha384WithRsaEncryption] = (HashAlgorithmName.SHA384, true),
        [PkcsObjectIdentifiers.Sha512WithRsaEncryption] = (HashAlgorithmName.SHA512, true),
    };

    private static readonly Dictionary<DerObjectIdentifier, ECCurve> Curves = new()
    {
        [SecObjectIdentifiers.SecP256r1] = ECCurve.NamedCurves.nistP256,
        [SecObjectIdentifiers.SecP384r1] = ECCurve.NamedCurves.nistP384,
        [SecObjectIdentifiers.SecP521r1] = ECCurve.NamedCurves.nistP521,
    };

    /// <summary>Checks one signature.</summary>
    /// <param name="algorithm">The algorithm the certificate names.</param>
    /// <param name="key">The key that is to have made it.</param>
    /// <param name="holder">A certificate of that key, from which the platform need not read it again; null for none.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    public static PlatformSignatureState Check(DerObjectIdentifier algorithm, AsymmetricKeyParameter key, X509Certificate2? holder, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!Algorithms.TryGetValue(algorithm, out var known))
            return PlatformSignatureState.NotKnown;
        switch (key)
        {
            case ECPublicKeyParameters point when !known.IsRsa && point.PublicKeyParamSet is { } name && Curves.TryGetValue(name, out var curve):
                using (var ecdsa = holder?.GetECDsaPublicKey() ?? ECDsa.Create(new ECParameters { Curve = curve, Q = { X = point.Q.AffineXCoord.GetEncoded(), Y = point.Q.AffineYCoord.GetEncoded() } }))
                    return State(ecdsa.VerifyData(signed, signature, known.Hash, DSASignatureFormat.Rfc3279DerSequence));
            case RsaKeyParameters numbers when known.IsRsa:
                using (var rsa = holder?.GetRSAPublicKey() ?? RSA.Create(new RSAParameters { Modulus = numbers.Modulus.ToByteArrayUnsigned(), Exponent = numbers.Exponent.ToByteArrayUnsigned() }))
                    return State(rsa.VerifyData(signed, signature, known.Hash, RSASignaturePadding.Pkcs1));
            default:
                return PlatformSignatureState.NotKnown;
        }
    }

    private static PlatformSignatureState State(bool isRight) => isRight ? PlatformSignatureState.Right : PlatformSignatureState.Wrong;
}
