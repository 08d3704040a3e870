using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Dnssec.Tests.Conformance.Rfc8914.Section_4;

/// <summary>Each extended error has a sentence that names zone, record, key and reason: one line for whoever must find out.</summary>
public sealed class SentenceTests
{
    private static readonly Dictionary<string, (int Code, string Sentence, ConformanceCase Row)> Rows = new(StringComparer.Ordinal)
    {
        ["Unsupported DNSKEY Algorithm"] = (1, @"^zone z\.test is signed by algorithm 200 only$", new("", "a.z.test A", "", "", static w =>
        {
            var keys = w.Zone.Keys;
            w.Zone.RemoveKeys(static _ => true);
            foreach (var (key, use) in keys)
                w.Zone.AddKey(key.With(algorithm: 200), use);
        })),
        ["Unsupported DS Digest Type"] = (2, @"^the DS records of zone z\.test have digests of type 200 only$", new("", "a.z.test A", "", "") { Zone = new() { DigestTypes = [200] } }),
        ["DNSSEC Indeterminate"] = (5, @"^no trust anchor is at or above a\.z\.test$", new("", "a.z.test A", "", "") { Settings = static (o, w) => o.TrustAnchors = SignedDnsServer.AnchorsOf(w.Child) }),
        ["DNSSEC Bogus"] = (6, @"^a\.z\.test A: the signature by key \d+ of zone z\.test does not fit$", new("", "a.z.test A", "", "", static w => w.On("a.z.test A", new CorruptSignatures()))),
        ["Signature Expired"] = (7, @"^a\.z\.test A: the signature by key \d+ of zone z\.test expired 2026-05-31 12:00:00Z$", new("", "a.z.test A", "", "", static w => w.On("a.z.test A", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)))))),
        ["Signature Not Yet Valid"] = (8, @"^a\.z\.test A: the signature by key \d+ of zone z\.test is valid only from 2026-06-02 12:00:00Z$", new("", "a.z.test A", "", "", static w => w.On("a.z.test A", new Resigned(SignatureChange.NotYetValid(TimeSpan.FromDays(1)))))),
        ["DNSKEY Missing"] = (9, @"^no key of zone z\.test \(\d+, \d+\) is the one its DS record names \(\d+\)$", new("", "a.z.test A", "", "", static w => w.On("z.test DS", new Edited(static record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record)))),
        ["RRSIGs Missing"] = (10, @"^a\.z\.test A: not signed, and its zone is$", new("", "a.z.test A", "", "", static w => w.On("a.z.test A", new MissingSignatures()))),
        ["No Zone Key Bit Set"] = (11, @"^key \d+ of zone z\.test has no zone flag", new("", "a.z.test A", "", "", static w => w.Zone.RemoveKeys(static one => one.Use == DnssecKeyUse.Keys)
            .AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 1), DnssecKeyUse.Keys))),
        ["NSEC Missing"] = (12, @"^nosuch\.z\.test A: nothing proves that there is none$", new("", "nosuch.z.test A", "", "", static w => w.On("nosuch.z.test A", new MissingRecords(DnsRecordType.Nsec)))),
        ["Signature Expired before Valid"] = (25, @"^a\.z\.test A: the signature by key \d+ of zone z\.test expires before it is valid$", new("", "a.z.test A", "", "", static w =>
            w.On("a.z.test A", new Resigned(new SignatureChange { Inception = TimeSpan.FromHours(1), Expiration = TimeSpan.FromHours(-1) })))),
        ["Unsupported NSEC3 Iterations Value"] = (27, @"^zone z\.test hashes names 151 times more, at most 150 are computed$", new("", "nosuch.z.test A", "", "") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } }),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory, MemberData(nameof(Names)), Trait("rfc", "8914#4")]
    public async Task Error_OfEachKind_HasItsSentence(string name)
    {
        var (code, sentence, row) = Rows[name];
        await using var world = new ConformanceWorld(row);
        row.Arrange?.Invoke(world);

        var answer = await world.AskAsync(row.Ask, row.Settings, TestContext.Current.CancellationToken);

        Assert.EndsWith($" {code}", answer.Verdict, StringComparison.Ordinal);
        Assert.Equal(name, new ExtendedDnsError((ushort)code, "").Name);
        Assert.Matches(sentence, answer.Sentence);
    }
}
