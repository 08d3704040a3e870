using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Sasl;

/// <summary>The hash function by which "tls-server-end-point" is made: that of the certificate's signature (RFC 5929 §4.1).</summary>
internal static class SignatureHash
{
    private const string Pss = "1.2.840.113549.1.1.10";

    // RFC 5929 §4.1: MD5 and SHA-1 give way to SHA-256. SHA-224 is not among the hash functions of .NET; it stands as null.
    private static readonly FrozenDictionary<string, HashAlgorithmName?> BySignature = new Dictionary<string, HashAlgorithmName?>
    {
        ["1.2.840.113549.1.1.4"] = HashAlgorithmName.SHA256,         // md5WithRSAEncryption
        ["1.2.840.113549.1.1.5"] = HashAlgorithmName.SHA256,         // sha1WithRSAEncryption
        ["1.3.14.3.2.29"] = HashAlgorithmName.SHA256,                // sha1WithRSASignature
        ["1.2.840.10040.4.3"] = HashAlgorithmName.SHA256,            // dsa-with-sha1
        ["1.2.840.10045.4.1"] = HashAlgorithmName.SHA256,            // ecdsa-with-SHA1
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
        ["2.16.840.1.101.3.4.3.2"] = HashAlgorithmName.SHA256,       // dsa-with-sha256
        ["2.16.840.1.101.3.4.3.10"] = HashAlgorithmName.SHA3_256,    // ecdsa-with-sha3
        ["2.16.840.1.101.3.4.3.11"] = HashAlgorithmName.SHA3_384,
        ["2.16.840.1.101.3.4.3.12"] = HashAlgorithmName.SHA3_512,
        ["2.16.840.1.101.3.4.3.14"] = HashAlgorithmName.SHA3_256,    // rsassa-pkcs1-v1_5-with-sha3
        ["2.16.840.1.101.3.4.3.15"] = HashAlgorithmName.SHA3_384,
        ["2.16.840.1.101.3.4.3.16"] = HashAlgorithmName.SHA3_512,
        ["1.2.840.113549.1.1.14"] = null,                            // with SHA-224
        ["1.2.840.10045.4.3.1"] = null,
        ["2.16.840.1.101.3.4.3.1"] = null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, HashAlgorithmName?> ByHash = new Dictionary<string, HashAlgorithmName?>
    {
        ["1.2.840.113549.2.5"] = HashAlgorithmName.SHA256,           // MD5
        ["1.3.14.3.2.26"] = HashAlgorithmName.SHA256,                // SHA-1
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
        ["2.16.840.1.101.3.4.2.8"] = HashAlgorithmName.SHA3_256,
        ["2.16.840.1.101.3.4.2.9"] = HashAlgorithmName.SHA3_384,
        ["2.16.840.1.101.3.4.2.10"] = HashAlgorithmName.SHA3_512,
        ["2.16.840.1.101.3.4.2.4"] = null,                           // SHA-224
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the hash function; null stands for SHA-224.</summary>
    public static bool TryFind(X509Certificate2 certificate, out HashAlgorithmName? hash, out ChannelBindingFault fault)
    {
        hash = null;
        var algorithm = certificate.SignatureAlgorithm.Value ?? string.Empty;
        if (algorithm is "1.3.101.112" or "1.3.101.113" || algorithm.StartsWith("2.16.840.1.101.3.4.3.", StringComparison.Ordinal) && IsPureSignature(algorithm))
        {
            fault = ChannelBindingFault.NoHash;
            return false;
        }
        return algorithm == Pss
            ? Take(ByHash, HashOfPss(certificate.RawDataMemory), out hash, out fault)
            : Take(BySignature, algorithm, out hash, out fault);
    }

    // ML-DSA and SLH-DSA (17 to 31 of the arc) sign the message itself, as EdDSA does.
    private static bool IsPureSignature(string algorithm) =>
        int.TryParse(algorithm.AsSpan("2.16.840.1.101.3.4.3.".Length), out var last) && last is >= 17 and <= 31;

    private static bool Take(FrozenDictionary<string, HashAlgorithmName?> table, string? algorithm, out HashAlgorithmName? hash, out ChannelBindingFault fault)
    {
        hash = null;
        fault = algorithm is not null && table.TryGetValue(algorithm, out hash) ? ChannelBindingFault.None : ChannelBindingFault.UnknownAlgorithm;
        return fault == ChannelBindingFault.None;
    }

    // RFC 5280 §4.1: Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }. The hash of RSASSA-PSS is the first parameter, SHA-1 when left out;
    // a mask generation function with another hash would be a second one, for which the binding is not defined.
    private static string? HashOfPss(ReadOnlyMemory<byte> certificate)
    {
        try
        {
            var outer = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
            outer.ReadEncodedValue();
            var algorithm = outer.ReadSequence();
            algorithm.ReadObjectIdentifier();
            var parameters = algorithm.ReadSequence();
            var (hash, maskHash) = ("1.3.14.3.2.26", "1.3.14.3.2.26");
            if (parameters.HasData && parameters.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
                hash = parameters.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence().ReadObjectIdentifier();
            if (parameters.HasData && parameters.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                var mask = parameters.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1)).ReadSequence();
                mask.ReadObjectIdentifier();
                maskHash = mask.ReadSequence().ReadObjectIdentifier();
            }
            return hash == maskHash ? hash : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
