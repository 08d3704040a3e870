using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Mail.Security.Dane;

/// <summary>Reads the public keys that may sign certificates: bounded in size, so that a stranger's key costs little, and not weak.</summary>
internal static class PathKey
{
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;
    private const int LeastCurveBits = 224;       // as strong as RSA of 2048 bits
    private const int MostExponentBits = 64;      // an exponent as long as the modulus makes a verification a thousand times slower

    /// <summary>Gives the key, or null when it is unreadable, of another kind, too weak or too large.</summary>
    public static AsymmetricKeyParameter? TryRead(SubjectPublicKeyInfo info) => Untrusting.Try<AsymmetricKeyParameter>(() =>
    {
        if (!IsWithinBounds(info))
            return null;
        return PublicKeyFactory.CreateKey(info) is var key && key is ECPublicKeyParameters { Parameters.N.BitLength: < LeastCurveBits } ? null : key;
    });

    // Before the library reads the key: it tests the modulus for primality, which at 16384 bits takes it many seconds.
    private static bool IsWithinBounds(SubjectPublicKeyInfo info)
    {
        var kind = info.Algorithm.Algorithm;
        if (kind.Equals(X9ObjectIdentifiers.IdECPublicKey))
            return info.Algorithm.Parameters is DerObjectIdentifier;      // named curves only: any other parameters are the stranger's choice
        if (kind.Equals(EdECObjectIdentifiers.id_Ed25519) || kind.Equals(EdECObjectIdentifiers.id_Ed448))
            return true;
        if (!kind.Equals(PkcsObjectIdentifiers.RsaEncryption) && !kind.Equals(PkcsObjectIdentifiers.IdRsassaPss))
            return false;
        var rsa = RsaPublicKeyStructure.GetInstance(info.ParsePublicKey());
        return rsa.Modulus.BitLength is >= LeastRsaBits and <= MostRsaBits && rsa.PublicExponent.BitLength <= MostExponentBits;
    }

    /// <summary>Reads a bare key, as of a <c>2 1 0</c> record.</summary>
    public static AsymmetricKeyParameter? TryRead(ReadOnlyMemory<byte> publicKeyInfo) =>
        Untrusting.Try(() => SubjectPublicKeyInfo.GetInstance(Asn1Object.FromByteArray(publicKeyInfo.ToArray()))) is { } info ? TryRead(info) : null;
}
