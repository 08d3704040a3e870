using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
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
    private static readonly Dictionary<DerObjectIdentifier, (HashAlgorithmName Hash, RSASignaturePadding? Rsa)> Algorithms = new()
    {
        [X9ObjectIdentifiers.ECDsaWithSha256] = (HashAlgorithmName.SHA256, null),
        [X9ObjectIdentifiers.ECDsaWithSha384] = (HashAlgorithmName.SHA384, null),
        [X9ObjectIdentifiers.ECDsaWithSha512] = (HashAlgorithmName.SHA512, null),
        [PkcsObjectIdentifiers.Sha256WithRsaEncryption] = (HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        [PkcsObjectIdentifiers.Sha384WithRsaEncryption] = (HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        [PkcsObjectIdentifiers.Sha512WithRsaEncryption] = (HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
    };

    private static readonly Dictionary<DerObjectIdentifier, ECCurve> Curves = new()
    {
        [SecObjectIdentifiers.SecP256r1] = ECCurve.NamedCurves.nistP256,
        [SecObjectIdentifiers.SecP384r1] = ECCurve.NamedCurves.nistP384,
        [SecObjectIdentifiers.SecP521r1] = ECCurve.NamedCurves.nistP521,
    };

    /// <summary>True when <see cref="Check"/> will know: then a check costs little.</summary>
    public static bool Knows(AlgorithmIdentifier algorithm, PathKey key) => Find(algorithm) is { } known
        && (known.Rsa is null ? key.Library is ECPublicKeyParameters { PublicKeyParamSet: { } name } && Curves.ContainsKey(name) : key.Rsa is not null);

    /// <summary>Checks one signature.</summary>
    /// <param name="algorithm">The algorithm the certificate names.</param>
    /// <param name="key">The key that is to have made it.</param>
    /// <param name="holder">A certificate of that key, from which the platform need not read it again; null for none.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    public static PlatformSignatureState Check(AlgorithmIdentifier algorithm, PathKey key, X509Certificate2? holder, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (Find(algorithm) is not { } known)
            return PlatformSignatureState.NotKnown;
        if (known.Rsa is not null && key.Rsa is { } numbers)
        {
            using var rsa = holder?.GetRSAPublicKey() ?? RSA.Create(new RSAParameters { Modulus = numbers.Modulus.ToByteArrayUnsigned(), Exponent = numbers.PublicExponent.ToByteArrayUnsigned() });
            return State(rsa.VerifyData(signed, signature, known.Hash, known.Rsa));
        }
        if (known.Rsa is null && key.Rsa is null && key.Library is ECPublicKeyParameters { PublicKeyParamSet: { } name } point && Curves.TryGetValue(name, out var curve))
        {
            using var ecdsa = holder?.GetECDsaPublicKey() ?? ECDsa.Create(new ECParameters { Curve = curve, Q = { X = point.Q.AffineXCoord.GetEncoded(), Y = point.Q.AffineYCoord.GetEncoded() } });
            return State(ecdsa.VerifyData(signed, signature, known.Hash, DSASignatureFormat.Rfc3279DerSequence));
        }
        return PlatformSignatureState.NotKnown;
    }

    private static (HashAlgorithmName Hash, RSASignaturePadding? Rsa)? Find(AlgorithmIdentifier algorithm) =>
        Algorithms.TryGetValue(algorithm.Algorithm, out var known) ? known
        : algorithm.Algorithm.Equals(PkcsObjectIdentifiers.IdRsassaPss) && PssHash(algorithm) is { } hash ? (hash, RSASignaturePadding.Pss) : null;

    // The platform has the usual parameters only: the same digest for the mask, and a salt as long as the digest.
    private static HashAlgorithmName? PssHash(AlgorithmIdentifier algorithm)
    {
        var parameters = RsassaPssParameters.GetInstance(algorithm.Parameters);
        if (!parameters.MaskGenAlgorithm.Algorithm.Equals(PkcsObjectIdentifiers.IdMgf1) || parameters.TrailerField.IntValueExact != 1
            || !AlgorithmIdentifier.GetInstance(parameters.MaskGenAlgorithm.Parameters).Algorithm.Equals(parameters.HashAlgorithm.Algorithm))
            return null;
        var digest = parameters.HashAlgorithm.Algorithm;
        (HashAlgorithmName Name, int Octets)? known = digest.Equals(NistObjectIdentifiers.IdSha256) ? (HashAlgorithmName.SHA256, 32)
            : digest.Equals(NistObjectIdentifiers.IdSha384) ? (HashAlgorithmName.SHA384, 48)
            : digest.Equals(NistObjectIdentifiers.IdSha512) ? (HashAlgorithmName.SHA512, 64)
            : null;
        return known is { } one && parameters.SaltLength.IntValueExact == one.Octets ? one.Name : null;
    }

    private static PlatformSignatureState State(bool isRight) => isRight ? PlatformSignatureState.Right : PlatformSignatureState.Wrong;
}
