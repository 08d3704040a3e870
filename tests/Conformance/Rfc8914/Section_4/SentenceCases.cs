using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Each extended error, by its name, has a sentence that names zone, record, key and reason: one line for whoever must find out.</summary>
internal static class SentenceCases
{
    private const string Ask = "a.z.test A";
    private const string Bad = Z + "a.z.test A!";
    private const string BadZone = ".+; test+; z.test!";

    private static readonly ConformanceCase[] Rows =
    [
        new("Unsupported DNSKEY Algorithm", Ask, "Insecure Found 1", ".+; test+; z.test-; a.z.test A-", static w =>
        {
            var keys = w.Zone.Keys;
            w.Zone.RemoveKeys(static _ => true);
            foreach (var (key, use) in keys)
                w.Zone.AddKey(key.With(algorithm: 200), use);
        }) { Sentence = @"^zone z\.test is signed by algorithm 200 only$" },
        new("Unsupported DS Digest Type", Ask, "Insecure Found 2", ".+; test+; z.test-; a.z.test A-")
        { Zone = new() { DigestTypes = [200] }, Sentence = @"^the DS records of zone z\.test have digests of type 200 only$" },
        new("DNSSEC Indeterminate", Ask, "Indeterminate Found 5", "a.z.test A?")
        { Settings = static (o, w) => o.TrustAnchors = SignedDnsServer.AnchorsOf(w.Child), Sentence = @"^no trust anchor is at or above a\.z\.test$" },
        new("DNSSEC Bogus", Ask, "Bogus 6", Bad, static w => w.On(Ask, new CorruptSignatures()))
        { Sentence = @"^a\.z\.test A: the signature by key \d+ of zone z\.test does not fit$" },
        new("Signature Expired", Ask, "Bogus 7", Bad, static w => w.On(Ask, new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)))))
        { Sentence = @"^a\.z\.test A: the signature by key \d+ of zone z\.test expired 2026-05-31 12:00:00Z$" },
        new("Signature Not Yet Valid", Ask, "Bogus 8", Bad, static w => w.On(Ask, new Resigned(SignatureChange.NotYetValid(TimeSpan.FromDays(1)))))
        { Sentence = @"^a\.z\.test A: the signature by key \d+ of zone z\.test is valid only from 2026-06-02 12:00:00Z$" },
        new("DNSKEY Missing", Ask, "Bogus 9", BadZone, static w => w.On("z.test DS", new Edited(static record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record)))
        { Sentence = @"^no key of zone z\.test \(\d+, \d+\) is the one its DS record names \(\d+\)$" },
        new("RRSIGs Missing", Ask, "Bogus 10", Bad, static w => w.On(Ask, new MissingSignatures())) { Sentence = @"^a\.z\.test A: not signed, and its zone is$" },
        new("No Zone Key Bit Set", Ask, "Bogus 11", BadZone, static w => w.Zone.RemoveKeys(static one => one.Use == DnssecKeyUse.Keys)
            .AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 1), DnssecKeyUse.Keys)) { Sentence = @"^key \d+ of zone z\.test has no zone flag" },
        new("NSEC Missing", "nosuch.z.test A", "Bogus 12", Z + "nosuch.z.test A!", static w => w.On("nosuch.z.test A", new MissingRecords(DnsRecordType.Nsec)))
        { Sentence = @"^nosuch\.z\.test A: nothing proves that there is none$" },
        new("Signature Expired before Valid", Ask, "Bogus 25", Bad, static w => w.On(Ask, new Resigned(new SignatureChange { Inception = TimeSpan.FromHours(1), Expiration = TimeSpan.FromHours(-1) })))
        { Sentence = @"^a\.z\.test A: the signature by key \d+ of zone z\.test expires before it is valid$" },
        new("Unsupported NSEC3 Iterations Value", "nosuch.z.test A", "Insecure NoName 27", Z + "nosuch.z.test A-")
        { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 }, Sentence = @"^zone z\.test hashes names 151 times more, at most 150 are computed$" },
    ];

    public static ConformanceTable Table { get; } = new("RFC 8914 §4", "sentences", Rows);
}
