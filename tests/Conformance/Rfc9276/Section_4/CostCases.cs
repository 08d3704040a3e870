using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Zones made to be costly (CVE-2023-50387, CVE-2023-50868), and some that only look so: bogus, after no more work than the budget allows.</summary>
internal static class CostCases
{
    private const int Many = 60;

    // Fewer than the keys of a zone that are looked at at all.
    private const int ManyKeys = 36;
    private const string Ask = "a.z.test A";
    private const string Bad = Z + "a.z.test A!";

    private static readonly SignedZoneOptions Rsa = new() { Algorithms = [DnssecTestAlgorithm.RsaSha256] };

    private static readonly SignedZoneOptions Hashed = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 150 };

    private static readonly NotAsked Slow = new("unbound puts so many hashes off again and again, for longer than a test can wait; ours refuses at its own limit (RFC 9276 §4)");

    // As many labels as a name has room for.
    private static readonly string Long = string.Join('.', Enumerable.Repeat("a", 110));

    private static readonly ConformanceCase[] Rows =
    [
        new("an ordinary answer", Ask, "Secure Found", Z + "a.z.test A+"),
        new("an ordinary denial", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+"),
        new("many signatures", Ask, "Bogus 6: more", Bad, static w => w.On(Ask, Wrong(Many))) { Zone = Rsa },
        new("many keys of one tag", Ask, "Bogus 6: more", null, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On(Ask, Wrong(1));
        }) { Zone = Rsa },
        new("many signatures and many keys of one tag", Ask, "Bogus 6: more", null, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On(Ask, Wrong(Many));
        }) { Zone = Rsa },
        new("many DS records and many keys of one tag", Ask, "Bogus 6: more", ".+; test+; z.test!", static w =>
        {
            var tag = w.Zone.Keys.Single(static one => one.Use == DnssecKeyUse.Keys).Key.Tag;
            Decoys(w, DnssecKeyUse.Keys, DnssecTestKey.KeySigningFlags);
            w.On("z.test DS", new Edited(record => record.Type == DnsRecordType.Ds ? record with { Data = DnssecTestKey.CreateDecoy(tag, DnssecTestKey.KeySigningFlags).ToDelegationSigner("z.test") } : record));
        }) { Zone = Rsa },
        new("many keys that sign the keys, of one tag", Ask, "Bogus 6: more", ".+; test+; z.test!", static w =>
        {
            Decoys(w, DnssecKeyUse.Keys, DnssecTestKey.KeySigningFlags);
            w.On("z.test DNSKEY", Wrong(4));
        }) { Zone = Rsa },
        new("more keys than are looked at", Ask, "Bogus 6: 62 keys, more", ".+; test+; z.test!", static w => Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags, Many))
        { Zone = Rsa, Unbound = new Other("Secure Found", "a limit of ours (RFC 9276 §4 allows such ones): unbound looks at all keys of a zone") },
        new("many denials with many signatures", "nosuch.z.test A", "Bogus 6: more", null, static w =>
        {
            Decoys(w, DnssecKeyUse.Records, DnssecTestKey.ZoneSigningFlags);
            w.On("nosuch.z.test A", new Rewritten(answer => answer with
            { Authority = [.. answer.Authority, .. Enumerable.Range(0, 30).SelectMany(number => w.Server.Denial(w.Zone, "a.z.test").Select(record => record with { Owner = $"n{number}.z.test" }))] }), Wrong(4));
        }) { Zone = Rsa },
        new("a long name that does not exist, as many iterations as are computed", Long + ".nosuch.z.test A", "Bogus 6: more", Z + Long + ".nosuch.z.test A!") { Zone = Hashed, Unbound = Slow },
        new("a long name, unsigned, as many iterations as are computed", Long + ".nosuch.z.test A", "Bogus 6: more", Z + Long + ".nosuch.z.test A!", static w =>
            w.On(Long + ".nosuch.z.test A", new MissingRecords(DnsRecordType.Soa))) { Zone = Hashed, Unbound = Slow },
        new("a short name, as many iterations as are computed", "x.nosuch.z.test A", "Secure NoName", Z + "x.nosuch.z.test A+") { Zone = Hashed },
        new("a long name that exists", Long + ".z.test A", "Secure Found", Z + Long + ".z.test A+", static w => w.Zone.Add(Long + ".z.test", DnsRecordType.A, ConformanceWorld.At)),
        new("a long name that exists and is not signed", Long + ".z.test A", "Bogus 10", Z + Long + ".z.test A!", static w =>
        {
            w.Zone.Add(Long + ".z.test", DnsRecordType.A, ConformanceWorld.At);
            w.On(Long + ".z.test A", new Stripped());
        }),
    ];

    public static ConformanceTable Table { get; } = new("RFC 9276 §4", "costs", Rows);

    // So many signatures in place of each, none of which fits.
    private static Rewritten Wrong(int count) => new(answer => new(answer.Code, [.. answer.Answers.SelectMany(record => Spoil(record, count))], [.. answer.Authority.SelectMany(record => Spoil(record, count))]));

    private static IEnumerable<SignedDnsRecord> Spoil(SignedDnsRecord record, int count) => record.Type != DnsRecordType.Rrsig ? [record]
        : Enumerable.Range(1, count).Select(number => record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ number)] });

    private static void Decoys(ConformanceWorld world, DnssecKeyUse use, int flags, int count = ManyKeys)
    {
        var tag = world.Zone.Keys.Single(one => one.Use == use).Key.Tag;
        for (var i = 0; i < count; i++)
            world.Zone.AddKey(DnssecTestKey.CreateDecoy(tag, flags), use == DnssecKeyUse.Keys ? DnssecKeyUse.Keys : DnssecKeyUse.Published);
    }
}
