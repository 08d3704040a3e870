using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Sasl.Tests;

public sealed class ChannelBindingTests
{
    public static TheoryData<string, string> Signatures => new()
    {
        { "rsa SHA256", "SHA256" },
        { "rsa SHA384", "SHA384" },
        { "rsa SHA512", "SHA512" },
        { "pss SHA256", "SHA256" },
        { "pss SHA384", "SHA384" },
        { "pss SHA512", "SHA512" },
        { "ecdsa SHA256", "SHA256" },
        { "ecdsa SHA384", "SHA384" },
        { "ecdsa SHA512", "SHA512" },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    [Trait("rfc", "5929#4.1")]
    public void TryFromServerCertificate_RealCertificate_IsHashedAsItWasSigned(string signature, string hash)
    {
        using var certificate = Signed(signature);
        Assert.True(ChannelBinding.TryFromServerCertificate(certificate, out var binding, out var fault));
        Assert.Equal(ChannelBindingFault.None, fault);
        Assert.Equal("tls-server-end-point", binding.Type);
        Assert.Equal(CryptographicOperations.HashData(new HashAlgorithmName(hash), certificate.RawData), binding.Data.ToArray());
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.4", ChannelBindingFault.None, "SHA256")]               // MD5
    [InlineData("1.2.840.113549.1.1.5", ChannelBindingFault.None, "SHA256")]               // SHA-1
    [InlineData("1.2.840.10045.4.1", ChannelBindingFault.None, "SHA256")]
    [InlineData("1.3.101.112", ChannelBindingFault.NoHash, null)]                          // Ed25519
    [InlineData("1.3.101.113", ChannelBindingFault.NoHash, null)]                          // Ed448
    [InlineData("2.16.840.1.101.3.4.3.18", ChannelBindingFault.NoHash, null)]              // ML-DSA-65
    [InlineData("1.2.3.4", ChannelBindingFault.UnknownAlgorithm, null)]
    [InlineData("1.2.840.113549.1.1.10", ChannelBindingFault.UnknownAlgorithm, null)]      // PSS whose parameters are missing
    [Trait("rfc", "5929#4.1")]
    public void TryFromServerCertificate_OtherAlgorithms_AreHashedOrNamed(string algorithm, ChannelBindingFault expected, string? hash)
    {
        using var certificate = WithAlgorithm(algorithm, static _ => { });
        Assert.Equal(expected == ChannelBindingFault.None, ChannelBinding.TryFromServerCertificate(certificate, out var binding, out var fault));
        Assert.Equal(expected, fault);
        if (hash is not null)
            Assert.Equal(CryptographicOperations.HashData(new HashAlgorithmName(hash), certificate.RawData), binding!.Data.ToArray());
    }

    [Fact]
    [Trait("rfc", "5929#4.1")]
    public void TryFromServerCertificate_PssWithEmptyParameters_IsSha1AndSoSha256()
    {
        using var certificate = WithAlgorithm("1.2.840.113549.1.1.10", static writer => writer.PushSequence().Dispose());
        Assert.True(ChannelBinding.TryFromServerCertificate(certificate, out var binding, out _));
        Assert.Equal(SHA256.HashData(certificate.RawData), binding.Data.ToArray());
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.14")]
    [InlineData("1.2.840.10045.4.3.1")]
    [Trait("rfc", "5929#4.1")]
    public void TryFromServerCertificate_Sha224_IsHashedByIt(string algorithm)
    {
        using var certificate = WithAlgorithm(algorithm, static _ => { });
        Assert.True(ChannelBinding.TryFromServerCertificate(certificate, out var binding, out _));
        Assert.Equal(Sha224.HashData(certificate.RawData), binding.Data.ToArray());
    }

    // Python's hashlib.sha224 of as many letters "a": around the ends of the padding and of a block.
    [Theory]
    [InlineData(0, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData(1, "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5")]
    [InlineData(55, "fb0bd626a70c28541dfa781bb5cc4d7d7f56622a58f01a0b1ddd646f")]
    [InlineData(56, "d40854fc9caf172067136f2e29e1380b14626bf6f0dd06779f820dcd")]
    [InlineData(63, "1d4e051f4d6fed2a63fd2421e65834cec00d64456553de3496ae8b1d")]
    [InlineData(64, "a88cd5cde6d6fe9136a4e58b49167461ea95d388ca2bdb7afdc3cbf4")]
    [InlineData(119, "e000e6709d26667b631faa7fc1bd404eb4774003c5fb4f51a0184875")]
    [InlineData(120, "66924e30a9929327e7a6cf03747397226ed2efc180ebe3dea7132a79")]
    [InlineData(1000, "4e8f0ce90b64661a2b5e84be6d93a7d9b76871062f1814433d04a03d")]
    public void Sha224_OfSomeLengths_EqualsAnotherImplementation(int length, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Sha224.HashData(Enumerable.Repeat((byte)'a', length).ToArray())));

    [Fact]
    [Trait("rfc", "5929#4.1")]
    public void TryFromServerCertificate_PssWithTwoHashes_IsUndefined()
    {
        using var certificate = WithAlgorithm("1.2.840.113549.1.1.10", static writer =>
        {
            using (writer.PushSequence())
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
                writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");                    // and SHA-1 in the mask, as it is left out
        });
        Assert.False(ChannelBinding.TryFromServerCertificate(certificate, out _, out var fault));
        Assert.Equal(ChannelBindingFault.UnknownAlgorithm, fault);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("tls unique", 1)]
    [InlineData("tls,unique", 1)]
    [InlineData("tls-ünique", 1)]
    [InlineData("tls-server-end-point", 0)]
    [InlineData("tls-server-end-point", 1025)]
    [InlineData("tls-unique", 12)]                               // only with what is known of the handshake
    [InlineData("tls-exporter", 32)]                             // only from what exports
    public void Constructor_WhatCannotStandOnTheWire_IsMisuse(string type, int length) => Assert.Throws<ArgumentException>(() => new ChannelBinding(type, new byte[length]));

    [Theory]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.Extended, 12, ChannelBindingFault.None)]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.NotExtended, 12, ChannelBindingFault.MasterSecretNotExtended)]
    [InlineData(SslProtocols.Tls13, TlsMasterSecret.Extended, 12, ChannelBindingFault.NotDefined)]
    [InlineData(SslProtocols.None, TlsMasterSecret.Extended, 12, ChannelBindingFault.NotDefined)]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.Extended, 0, ChannelBindingFault.NoData)]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.Extended, 1025, ChannelBindingFault.NoData)]
    [Trait("rfc", "9266#3")]
    [Trait("rfc", "7677#4")]
    public void TryFromFirstFinished_ByTls_WhereItIsDefinedAndSafe(SslProtocols protocol, TlsMasterSecret masterSecret, int length, ChannelBindingFault expected)
    {
        Assert.Equal(expected == ChannelBindingFault.None, ChannelBinding.TryFromFirstFinished(protocol, masterSecret, new byte[length], out var binding, out var fault));
        Assert.Equal((expected, expected == ChannelBindingFault.None ? "tls-unique" : null), (fault, binding?.Type));
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, TlsMasterSecret.NotExtended, true, ChannelBindingFault.None)]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.Extended, true, ChannelBindingFault.None)]
    [InlineData(SslProtocols.Tls12, TlsMasterSecret.NotExtended, true, ChannelBindingFault.MasterSecretNotExtended)]
    [InlineData(SslProtocols.None, TlsMasterSecret.Extended, true, ChannelBindingFault.NotDefined)]
    [InlineData(SslProtocols.Tls13, TlsMasterSecret.NotExtended, false, ChannelBindingFault.ExporterUnavailable)]
    [Trait("rfc", "9266#2")]
    public void TryFromExporter_ByTls_WhereItIsDefinedAndExported(SslProtocols protocol, TlsMasterSecret masterSecret, bool exports, ChannelBindingFault expected)
    {
        var exporter = new TestExporter(protocol, exports ? [.. Enumerable.Repeat((byte)7, 32)] : null, masterSecret);
        Assert.Equal(expected == ChannelBindingFault.None, ChannelBinding.TryFromExporter(exporter, out var binding, out var fault));
        Assert.Equal((expected, expected == ChannelBindingFault.None ? "tls-exporter" : null), (fault, binding?.Type));
        if (expected is ChannelBindingFault.None or ChannelBindingFault.ExporterUnavailable)
            Assert.Equal("EXPORTER-Channel-Binding/0/32", exporter.Label);
        if (binding is not null)
            Assert.Equal(Enumerable.Repeat((byte)7, 32), binding.Data.ToArray());
    }

    [Fact]
    public void SslStreamKeyExporter_Today_ExportsNothing()
    {
        using var stream = new SslStream(new MemoryStream());
        var exporter = new SslStreamKeyExporter(stream);
        Assert.False(exporter.TryExport("EXPORTER-Channel-Binding", default, new byte[32]));
        Assert.Equal(TlsMasterSecret.NotExtended, exporter.MasterSecret);
    }

    private static X509Certificate2 Signed(string signature)
    {
        var parts = signature.Split(' ');
        var hash = new HashAlgorithmName(parts[1]);
        if (parts[0] == "ecdsa")
        {
            using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return new CertificateRequest("CN=mx.example", ec, hash).Create(Issuer, X509SignatureGenerator.CreateForECDsa(ec), From, From.AddDays(1), [1]);
        }
        using var rsa = RSA.Create(2048);
        var padding = parts[0] == "pss" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return new CertificateRequest("CN=mx.example", rsa, hash, padding).Create(Issuer, X509SignatureGenerator.CreateForRSA(rsa, padding), From, From.AddDays(1), [1]);
    }

    /// <summary>A certificate that names an algorithm; nobody verifies its signature here.</summary>
    private static X509Certificate2 WithAlgorithm(string algorithm, Action<AsnWriter> parameters)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=mx.example", ec, HashAlgorithmName.SHA256).Create(Issuer, new Named(algorithm, parameters), From, From.AddDays(1), [1]);
    }

    private static readonly X500DistinguishedName Issuer = new("CN=issuer.example");

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private sealed class Named(string algorithm, Action<AsnWriter> parameters) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                parameters(writer);
            }
            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => [1, 2, 3, 4];

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }
}
