using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Mail.Security.Dnssec;

/// <summary>A public key that checks signatures. Safe for use by many callers at once.</summary>
internal abstract class PublicKey
{
    private const int MaxModulus = 512;             // RFC 5702 §2: at most 4096 bits

    private static readonly Lazy<bool> ChecksSha1 = new(TrySha1);

    /// <summary>Whether this platform checks signatures by SHA-1; a policy of the system may forbid it, and then such zones are insecure, not bogus (RFC 6840 §5.2).</summary>
    public static bool CanCheckSha1 => ChecksSha1.Value;

    public abstract bool Verify(byte[] data, byte[] signature);

    /// <summary>Reads the key of a DNSKEY; one that cannot be read or used verifies nothing.</summary>
    public static PublicKey Read(byte algorithm, ReadOnlySpan<byte> key)
    {
        try
        {
            return algorithm switch
            {
                SigningAlgorithms.RsaSha1 or SigningAlgorithms.RsaSha1Nsec3 => ReadRsa(key, HashAlgorithmName.SHA1),
                SigningAlgorithms.RsaSha256 => ReadRsa(key, HashAlgorithmName.SHA256),
                SigningAlgorithms.RsaSha512 => ReadRsa(key, HashAlgorithmName.SHA512),
                SigningAlgorithms.EcdsaP256 => ReadEc(key, ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256),
                SigningAlgorithms.EcdsaP384 => ReadEc(key, ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384),
                SigningAlgorithms.Ed25519 when key.Length == Ed25519.PublicKeySize => new EdwardsKey25519([.. key]),
                SigningAlgorithms.Ed448 when key.Length == Ed448.PublicKeySize => new EdwardsKey448([.. key]),
                _ => new NoKey(),
            };
        }
        catch (CryptographicException)
        {
            return new NoKey();
        }
    }

    private static bool TrySha1()
    {
        try
        {
            using var rsa = RSA.Create(1024);
            // A signature that does not fit is an answer too; what is forbidden is thrown.
#pragma warning disable CA5350, CA5385
            rsa.VerifyData(new byte[1], new byte[128], HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
#pragma warning restore CA5350, CA5385
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // RFC 5702 §2: the exponent's length in one octet, or in two behind a zero; then exponent and modulus.
    private static PublicKey ReadRsa(ReadOnlySpan<byte> key, HashAlgorithmName hash)
    {
        if (key.Length < 3)
            return new NoKey();
        var (length, at) = key[0] != 0 ? (key[0], 1) : (BinaryPrimitives.ReadUInt16BigEndian(key[1..]), 3);
        if (length == 0 || key.Length <= at + length)
            return new NoKey();
        var exponent = key.Slice(at, length);
        var modulus = key[(at + length)..];
        // A long exponent makes each check costly; none is in use.
        if (modulus.Length > MaxModulus || exponent.TrimStart((byte)0).Length is 0 or > 8)
            return new NoKey();
        return new RsaKey(new RSAParameters { Exponent = [.. exponent], Modulus = [.. modulus] }, hash);
    }

    // RFC 6605 §4: the two coordinates, without the octet that says uncompressed.
    private static PublicKey ReadEc(ReadOnlySpan<byte> key, ECCurve curve, int size, HashAlgorithmName hash) => key.Length != 2 * size
        ? new NoKey()
        : new EcKey(new ECParameters { Curve = curve, Q = new ECPoint { X = [.. key[..size]], Y = [.. key[size..]] } }, hash);

    private sealed class NoKey : PublicKey
    {
        public override bool Verify(byte[] data, byte[] signature) => false;
    }

    private sealed class RsaKey(RSAParameters parameters, HashAlgorithmName hash) : PublicKey
    {
        private readonly KeyCopies<RSA> _copies = new(() => RSA.Create(parameters));

        public override bool Verify(byte[] data, byte[] signature)
        {
            var key = _copies.Take();
            try
            {
                return key.VerifyData(data, signature, hash, RSASignaturePadding.Pkcs1);
            }
            catch (CryptographicException)
            {
                return false;
            }
            finally
            {
                _copies.GiveBack(key);
            }
        }
    }

    private sealed class EcKey(ECParameters parameters, HashAlgorithmName hash) : PublicKey
    {
        private readonly KeyCopies<ECDsa> _copies = new(() => ECDsa.Create(parameters));

        public override bool Verify(byte[] data, byte[] signature)
        {
            var key = _copies.Take();
            try
            {
                return key.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
            catch (CryptographicException)
            {
                return false;
            }
            finally
            {
                _copies.GiveBack(key);
            }
        }
    }

    // RFC 8080 §3, §4.
    private sealed class EdwardsKey25519(byte[] key) : PublicKey
    {
        public override bool Verify(byte[] data, byte[] signature) =>
            signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, key, 0, data, 0, data.Length);
    }

    private sealed class EdwardsKey448(byte[] key) : PublicKey
    {
        public override bool Verify(byte[] data, byte[] signature) =>
            signature.Length == Ed448.SignatureSize && Ed448.Verify(signature, 0, key, 0, [], data, 0, data.Length);
    }
}
