using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>What is not known here makes a zone insecure, and one good path is enough.</summary>
internal static class UnknownCases
{
    private static readonly SignedZoneOptions Two = new() { Algorithms = [DnssecTestAlgorithm.EcdsaP256, DnssecTestAlgorithm.EcdsaP384] };

    private static readonly ConformanceCase[] Rows =
    [
        new("digests of an unknown type only", "a.z.test A", "Insecure Found 2: digests of type 200", ".+; test+; z.test-; a.z.test A-") { Zone = new() { DigestTypes = [200] } },
        new("digests of two unknown types", "a.z.test A", "Insecure Found 2: 200, 201", ".+; test+; z.test-; a.z.test A-") { Zone = new() { DigestTypes = [200, 201] } },
        new("a digest of an unknown type beside a known one", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { DigestTypes = [200, 2] } },
        new("a digest of GOST only", "a.z.test A", "Insecure Found 2: digests of type 3", ".+; test+; z.test-; a.z.test A-") { Zone = new() { DigestTypes = [3] } },
        new("an unknown algorithm only", "a.z.test A", "Insecure Found 1: algorithm 200", ".+; test+; z.test-; a.z.test A-", w => Only(w, 200)),
        new("RSA with MD5 only", "a.z.test A", "Insecure Found 1: algorithm 1 ", ".+; test+; z.test-; a.z.test A-", w => Only(w, 1)),
        new("a private algorithm only", "a.z.test A", "Insecure Found 1: algorithm 253", ".+; test+; z.test-; a.z.test A-", w => Only(w, 253)),
        new("an unknown algorithm only, and no denial", "nosuch.z.test A", "Insecure NoName 1: algorithm 200", ".+; test+; z.test-; nosuch.z.test A-", w =>
        {
            Only(w, 200);
            w.On("nosuch.z.test A", new Stripped());
        }),
        new("an unknown algorithm beside a known one", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.Zone.AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257).With(algorithm: 200), DnssecKeyUse.Keys)),
        new("DS of an unknown algorithm slipped in without a signature", "a.z.test A", "Bogus 6: z.test DS", ".+; test+; z.test!", w => w.On("z.test DS", new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[.. record.Data.Span[..2], 200, .. record.Data.Span[3..]] } : record)))),
        new("the zone is insecure for its algorithm, the zone below is not reached", "a.child.z.test A", "Insecure Found 1: algorithm 200", ".+; test+; z.test-; a.child.z.test A-", w => Only(w, 200)),
        new("one of two algorithms does not sign the keys", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("z.test DNSKEY", new Rewritten(Less(14)))) { Zone = Two },
        new("one of two algorithms does not sign records", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Rewritten(Less(13)))) { Zone = Two },
        new("one of two algorithms signs wrongly", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Rewritten(answer => answer.Select(static record =>
            record.Type == DnsRecordType.Rrsig && record.Data.Span[2] == 13 ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record)))) { Zone = Two },
        new("both algorithms sign wrongly", "a.z.test A", "Bogus 6: does not fit", Z + "a.z.test A!", w => w.On("a.z.test A", new CorruptSignatures())) { Zone = Two },
        new("signatures of keys nobody knows are passed over", "a.z.test A", "Secure Found", Z + "a.z.test A+", w => w.On("a.z.test A", new Rewritten(answer => answer with
        { Answers = [.. Enumerable.Range(1, 20).Select(tag => answer.Answers[^1] with { Data = (byte[])[.. answer.Answers[^1].Data.Span[..16], (byte)tag, 0, .. answer.Answers[^1].Data.Span[18..]] }), .. answer.Answers] }))),
    ];

    public static ConformanceTable Table { get; } = new("RFC 6840 §5.2", "what is not known", Rows);

    private static Func<SignedDnsAnswer, SignedDnsAnswer> Less(int algorithm) => answer => answer.Select(record => record.Type == DnsRecordType.Rrsig && record.Data.Span[2] == algorithm ? null : record);

    private static void Only(ConformanceWorld world, int algorithm)
    {
        var keys = world.Zone.Keys;
        world.Zone.RemoveKeys(static _ => true);
        foreach (var (key, use) in keys)
            world.Zone.AddKey(key.With(algorithm: algorithm), use);
    }
}
