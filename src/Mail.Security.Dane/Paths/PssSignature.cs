using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Mail.Security.Dane;

/// <summary>Checks RSASSA-PSS signatures by their own parameters: the library's check of a certificate takes the usual ones, whatever stands there.</summary>
/// <remarks>OpenSSL makes the salt as long as the key allows unless it is told otherwise, so that certificates of many a private authority have another one.</remarks>
internal static class PssSignature
{
    private const byte Trailer = 0xBC;

    public static bool IsOf(AlgorithmIdentifier algorithm) => algorithm.Algorithm.Equals(PkcsObjectIdentifiers.IdRsassaPss);

    /// <summary>True when the key made the signature; throws where the parameters cannot be read.</summary>
    public static bool Check(AlgorithmIdentifier algorithm, AsymmetricKeyParameter key, ReadOnlySpan<byte> signed, byte[] signature)
    {
        var parameters = RsassaPssParameters.GetInstance(algorithm.Parameters);
        var mask = parameters.MaskGenAlgorithm;
        if (!mask.Algorithm.Equals(PkcsObjectIdentifiers.IdMgf1) || parameters.TrailerField.IntValueExact != 1)
            return false;
        var (digest, salt) = (DigestUtilities.GetDigest(parameters.HashAlgorithm.Algorithm), parameters.SaltLength.IntValueExact);
        if (salt < 0 || salt > signature.Length)
            return false;
        var signer = new PssSigner(new RsaBlindedEngine(), digest, DigestUtilities.GetDigest(AlgorithmIdentifier.GetInstance(mask.Parameters).Algorithm), salt, Trailer);
        signer.Init(forSigning: false, key);
        signer.BlockUpdate(signed);
        return signer.VerifySignature(signature);
    }
}
