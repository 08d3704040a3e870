using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Algorithms of keys and of digests.</summary>
internal static class AlgorithmCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("signed by RsaSha256", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha256] } },
        new("signed by RsaSha512", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha512] } },
        new("signed by EcdsaP256", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.EcdsaP256] } },
        new("signed by EcdsaP384", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.EcdsaP384] } },
        new("signed by Ed25519", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.Ed25519] } },
        new("signed by Ed448", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.Ed448] } },
        new("signed by RsaSha1", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha1] } },
        new("signed by RsaSha1Nsec3", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha1Nsec3] } },
        new("one bit is another, RsaSha256", "a.z.test A", "Bogus 6: does not fit", Z + "a.z.test A!", w => w.On("a.z.test A", new CorruptSignatures())) { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha256] } },
        new("one bit is another, EcdsaP384", "a.z.test A", "Bogus 6: does not fit", Z + "a.z.test A!", w => w.On("a.z.test A", new CorruptSignatures())) { Zone = new() { Algorithms = [DnssecTestAlgorithm.EcdsaP384] } },
        new("one bit is another, Ed25519", "a.z.test A", "Bogus 6: does not fit", Z + "a.z.test A!", w => w.On("a.z.test A", new CorruptSignatures())) { Zone = new() { Algorithms = [DnssecTestAlgorithm.Ed25519] } },
        new("one bit is another, Ed448", "a.z.test A", "Bogus 6: does not fit", Z + "a.z.test A!", w => w.On("a.z.test A", new CorruptSignatures())) { Zone = new() { Algorithms = [DnssecTestAlgorithm.Ed448] } },
        new("SHA-1 by policy not checked", "a.z.test A", "Insecure Found 1: RSASHA1", ".+; test+; z.test-; a.z.test A-")
        {
            Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha1] },
            Settings = static (o, _) => o.Sha1 = Sha1Use.TreatAsInsecure,
            Unbound = new NotAsked("a setting of ours, which unbound has when it is built only (RFC 8624 §3.1: validators must know SHA-1)"),
        },
        new("SHA-1 by policy not checked, beside another", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.RsaSha1, DnssecTestAlgorithm.EcdsaP256] }, Settings = static (o, _) => o.Sha1 = Sha1Use.TreatAsInsecure },
        new("an anchor of Ed25519 at the root", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Root = new() { Algorithms = [DnssecTestAlgorithm.Ed25519] } },
        new("two algorithms", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Algorithms = [DnssecTestAlgorithm.EcdsaP384, DnssecTestAlgorithm.Ed25519] } },
        new("digests by SHA-384", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { DigestTypes = [4] } },
        new("digests by SHA-1 alone", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { DigestTypes = [1] } },
        new("digests by SHA-1 and SHA-256", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { DigestTypes = [1, 2] } },
        new("a good digest by SHA-1 beside a wrong one by SHA-256", "a.z.test A", "Bogus 9: no key of zone z.test", ".+; test+; z.test!", w => w.On("z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds && record.Data.Span[3] == 2 ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record)))
        {
            Zone = new() { DigestTypes = [1, 2] },
            Unbound = new Other("Secure Found", "RFC 8624 §3.3: no DS record is to be made by SHA-1 any more. Ours passes it over where a stronger digest stands beside it, so that a forged one changes nothing; unbound takes any that fits"),
        },
        new("a wrong digest by SHA-1 beside a good one by SHA-256", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds && record.Data.Span[3] == 1 ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record))) { Zone = new() { DigestTypes = [1, 2] } },
        new("a good digest by SHA-384 beside a wrong one by SHA-256", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds && record.Data.Span[3] == 2 ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record))) { Zone = new() { DigestTypes = [4, 2] } },
    ];

    public static ConformanceTable Table { get; } = new("RFC 8624 §3.1", "algorithms", Rows);
}
