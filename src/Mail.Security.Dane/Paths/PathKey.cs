using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
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
        // Only named curves: the parameters of any other are the stranger's choice.
        if (info.Algorithm.Algorithm.Id == "1.2.840.10045.2.1" && info.Algorithm.Parameters is not DerObjectIdentifier)
            return null;
        return PublicKeyFactory.CreateKey(info) switch
        {
            RsaKeyParameters rsa => rsa.Modulus.BitLength is >= LeastRsaBits and <= MostRsaBits && rsa.Exponent.BitLength <= MostExponentBits ? rsa : null,
            ECPublicKeyParameters ec => ec.Parameters.N.BitLength >= LeastCurveBits ? ec : null,
            Ed25519PublicKeyParameters ed => ed,
            Ed448PublicKeyParameters ed => ed,
            _ => null,
        };
    });

    /// <summary>Reads a bare key, as of a <c>2 1 0</c> record.</summary>
    public static AsymmetricKeyParameter? TryRead(ReadOnlyMemory<byte> publicKeyInfo) =>
        Untrusting.Try(() => SubjectPublicKeyInfo.GetInstance(Asn1Object.FromByteArray(publicKeyInfo.ToArray()))) is { } info ? TryRead(info) : null;
}
