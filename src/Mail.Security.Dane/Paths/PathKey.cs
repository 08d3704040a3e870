using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.TeleTrust;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Mail.Security.Dane;

/// <summary>Whether a public key may sign certificates.</summary>
internal enum KeyFitness : byte
{
    /// <summary>It is unreadable, too weak, or of a kind that is not supported.</summary>
    Unfit = 0,

    /// <summary>It is larger than <see cref="DaneLimits"/> allow, or in a certificate that is not read here.</summary>
    OverLimit,

    Fit,
}

/// <summary>A public key that may sign certificates: bounded in size, so that a stranger's key costs little, and not weak.</summary>
internal sealed class PathKey
{
    private const int LeastRsaBits = 2048;
    private const int MostLibraryRsaBits = 4096;
    private const int LeastCurveBits = 224;       // as strong as RSA of 2048 bits

    // Over prime fields: nobody has the others, and their arithmetic is slow.
    private static readonly HashSet<DerObjectIdentifier> Curves =
    [
        SecObjectIdentifiers.SecP224r1, SecObjectIdentifiers.SecP256r1, SecObjectIdentifiers.SecP384r1, SecObjectIdentifiers.SecP521r1,
        SecObjectIdentifiers.SecP224k1, SecObjectIdentifiers.SecP256k1, X9ObjectIdentifiers.Prime239v1, X9ObjectIdentifiers.Prime239v2, X9ObjectIdentifiers.Prime239v3,
        TeleTrusTObjectIdentifiers.BrainpoolP224R1, TeleTrusTObjectIdentifiers.BrainpoolP224T1, TeleTrusTObjectIdentifiers.BrainpoolP256R1, TeleTrusTObjectIdentifiers.BrainpoolP256T1,
        TeleTrusTObjectIdentifiers.BrainpoolP320R1, TeleTrusTObjectIdentifiers.BrainpoolP320T1, TeleTrusTObjectIdentifiers.BrainpoolP384R1, TeleTrusTObjectIdentifiers.BrainpoolP384T1,
        TeleTrusTObjectIdentifiers.BrainpoolP512R1, TeleTrusTObjectIdentifiers.BrainpoolP512T1,
    ];

    private readonly SubjectPublicKeyInfo _info;
    private AsymmetricKeyParameter? _library;

    private PathKey(SubjectPublicKeyInfo info, RsaPublicKeyStructure? rsa, AsymmetricKeyParameter? library) => (_info, Rsa, _library) = (info, rsa, library);

    /// <summary>The numbers of an RSA key; null for a key of another kind.</summary>
    public RsaPublicKeyStructure? Rsa { get; }

    /// <summary>What a signature that the library checks takes of <see cref="DaneLimits.Signatures"/>.</summary>
    public int LibraryCost => Rsa is null ? 10 : 50;

    /// <summary>True when the library may check signatures of the key.</summary>
    public bool IsForLibrary => Rsa is null || Rsa.Modulus.BitLength <= MostLibraryRsaBits;

    /// <summary>The key as the library has it; null for an RSA key that is too large for that.</summary>
    /// <remarks>It tests the modulus of an RSA key for primality, which takes tenths of a second. So it is asked for such a key only where the platform does not know the algorithm.</remarks>
    public AsymmetricKeyParameter? Library => _library is null && IsForLibrary ? _library = Untrusting.Try(() => PublicKeyFactory.CreateKey(_info)) : _library;

    /// <summary>True when a signature of that name can be the key's: others need not be checked. A key that is for RSASSA-PSS makes no others.</summary>
    /// <param name="algorithm">The name the library gives, such as "SHA-256withRSA".</param>
    public bool CanMake(string algorithm) => algorithm.Contains("RSA", StringComparison.OrdinalIgnoreCase) ? Rsa is not null && (!_info.Algorithm.Algorithm.Equals(PkcsObjectIdentifiers.IdRsassaPss) || algorithm.Contains("MGF1", StringComparison.OrdinalIgnoreCase))
        : Rsa is null && algorithm.Contains("ECDSA", StringComparison.OrdinalIgnoreCase) == _library is ECPublicKeyParameters;

    /// <summary>Gives the key, or null when it may not sign.</summary>
    public static PathKey? TryRead(SubjectPublicKeyInfo info)
    {
        Read(info, out var key);
        return key;
    }

    /// <summary>Reads a bare key, as of a <c>2 1 0</c> record.</summary>
    public static KeyFitness Read(ReadOnlyMemory<byte> publicKeyInfo, out PathKey? key)
    {
        key = null;
        return Untrusting.Try(() => SubjectPublicKeyInfo.GetInstance(Asn1Object.FromByteArray(publicKeyInfo.ToArray()))) is { } info ? Read(info, out key) : KeyFitness.Unfit;
    }

    /// <summary>Reads a key.</summary>
    public static KeyFitness Read(SubjectPublicKeyInfo info, out PathKey? key)
    {
        var read = Untrusting.Try(() => info.Algorithm.Algorithm is var kind && (kind.Equals(PkcsObjectIdentifiers.RsaEncryption) || kind.Equals(PkcsObjectIdentifiers.IdRsassaPss)) ? ReadRsa(info) : ReadPoint(info));
        key = read?.Key;
        return read?.Fitness ?? KeyFitness.Unfit;
    }

    private static Reading? ReadRsa(SubjectPublicKeyInfo info)
    {
        var rsa = RsaPublicKeyStructure.GetInstance(info.ParsePublicKey());
        if (rsa.Modulus.BitLength < LeastRsaBits || rsa.Modulus.SignValue <= 0 || !rsa.Modulus.TestBit(0) || !rsa.PublicExponent.TestBit(0) || rsa.PublicExponent.SignValue <= 0 || rsa.PublicExponent.BitLength < 2)
            return null;
        return rsa.Modulus.BitLength > DaneLimits.RsaBits || rsa.PublicExponent.BitLength > DaneLimits.RsaExponentBits ? new(KeyFitness.OverLimit, null) : new(KeyFitness.Fit, new(info, rsa, null));
    }

    private static Reading? ReadPoint(SubjectPublicKeyInfo info)
    {
        var kind = info.Algorithm.Algorithm;
        if (kind.Equals(X9ObjectIdentifiers.IdECPublicKey) && info.Algorithm.Parameters is DerObjectIdentifier curve && !Curves.Contains(curve))
            return ECNamedCurveTable.GetByOid(curve) is { } other && other.N.BitLength >= LeastCurveBits ? new(KeyFitness.OverLimit, null) : null;
        var isKnown = kind.Equals(X9ObjectIdentifiers.IdECPublicKey) ? info.Algorithm.Parameters is DerObjectIdentifier              // any other parameters are the stranger's choice
            : kind.Equals(EdECObjectIdentifiers.id_Ed25519) || kind.Equals(EdECObjectIdentifiers.id_Ed448);
        return isKnown ? new(KeyFitness.Fit, new(info, null, PublicKeyFactory.CreateKey(info))) : null;
    }

    private sealed record Reading(KeyFitness Fitness, PathKey? Key);
}
