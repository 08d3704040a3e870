using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>From the keys of a zone, by DS records, to those of the zone below.</summary>
internal static class ReferralCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("two zones down", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+"),
        new("an unsigned delegation", "a.insec.z.test A", "Insecure Found", Z + "insec.z.test-; a.insec.z.test A-"),
        new("no such name below an unsigned delegation", "nosuch.insec.z.test A", "Insecure NoName", Z + "insec.z.test-; nosuch.insec.z.test A-"),
        new("no such type below an unsigned delegation", "a.insec.z.test TXT", "Insecure NoData", Z + "insec.z.test-; a.insec.z.test TXT-"),
        new("a signed zone nobody vouches for", "a.island.z.test A", "Insecure Found", Z + "island.z.test-; a.island.z.test A-"),
        new("a signed zone nobody vouches for, its signature corrupt", "a.island.z.test A", "Insecure Found", Z + "island.z.test-; a.island.z.test A-", w => w.On("a.island.z.test A", new CorruptSignatures())),
        new("the DS records themselves", "child.z.test DS", "Secure Found", Z + "child.z.test DS+"),
        new("the keys themselves", "z.test DNSKEY", "Secure Found", Z + "z.test DNSKEY+"),
        new("the digest of another key", "a.child.z.test A", "Bogus 9: no key of zone child.z.test", Z + "child.z.test!", w => w.On("child.z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[.. record.Data.Span[..^1], (byte)(record.Data.Span[^1] ^ 1)] } : record))),
        new("the tag of another key", "a.child.z.test A", "Bogus 9: no key of zone child.z.test", Z + "child.z.test!", w => w.On("child.z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[(byte)(record.Data.Span[0] ^ 1), .. record.Data.Span[1..]] } : record))),
        new("the algorithm of another key", "a.child.z.test A", "Bogus 9: no key of zone child.z.test", Z + "child.z.test!", w => w.On("child.z.test DS", new Edited(record =>
            record.Type == DnsRecordType.Ds ? record with { Data = (byte[])[.. record.Data.Span[..2], 8, .. record.Data.Span[3..]] } : record))),
        new("DS not signed", "a.child.z.test A", "Bogus 10: child.z.test DS", Z + "child.z.test!", w => w.On("child.z.test DS", new MissingSignatures())),
        new("DS's signature expired", "a.child.z.test A", "Bogus 7: child.z.test DS", Z + "child.z.test!", w => w.On("child.z.test DS", new Resigned(SignatureChange.Expired(TimeSpan.FromHours(1))))),
        new("DS's signature corrupt", "a.child.z.test A", "Bogus 6: child.z.test DS", Z + "child.z.test!", w => w.On("child.z.test DS", new CorruptSignatures())),
        new("DS left out without a proof", "a.child.z.test A", "Bogus 12: has no DS", Z + "child.z.test!", w => w.On("child.z.test DS", new MissingRecords(DnsRecordType.Ds))),
        new("DS denied by another delegation's record", "a.child.z.test A", "Bogus 12: has no DS", Z + "child.z.test!", w => w.On("child.z.test DS", new AnswerOf("insec.z.test", DnsRecordType.Ds))),
        new("DS denied by the zone's own apex", "a.child.z.test A", "Bogus 12", Z + "child.z.test!", w => w.On("child.z.test DS", new AnswerOf("child.z.test", DnsRecordType.Txt))),
        new("DS denied by the root", "a.z.test A", "Bogus 12", ".+; test+; z.test!", w => w.On("z.test DS", new AnswerOf("nosuch", DnsRecordType.A))),
        new("no denial of the DS of an unsigned delegation", "a.insec.z.test A", "Bogus 12: has no DS", Z + "insec.z.test!", w => w.On("insec.z.test DS", new MissingRecords(DnsRecordType.Nsec))),
        new("the denial of the DS of an unsigned delegation not signed", "a.insec.z.test A", "Bogus 12: has no DS", Z + "insec.z.test!", w => w.On("insec.z.test DS", new MissingSignatures())),
        new("the denial of the DS of an unsigned delegation expired", "a.insec.z.test A", "Bogus 7: expired", Z + "insec.z.test!", w => w.On("insec.z.test DS", new Resigned(SignatureChange.Expired(TimeSpan.FromHours(1))))),
        new("keys not signed", "a.child.z.test A", "Bogus 10: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new MissingSignatures())),
        new("keys' signature expired", "a.child.z.test A", "Bogus 7: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new Resigned(SignatureChange.Expired(TimeSpan.FromHours(1))))),
        new("keys' signature not yet valid", "a.child.z.test A", "Bogus 8: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new Resigned(SignatureChange.NotYetValid(TimeSpan.FromHours(1))))),
        new("keys' signature corrupt", "a.child.z.test A", "Bogus 6: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new CorruptSignatures())),
        new("a key slipped in", "a.child.z.test A", "Bogus 6: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new Rewritten(answer => answer with
        { Answers = [.. answer.Answers, new("child.z.test", DnsRecordType.Dnskey, TimeSpan.FromMinutes(5), DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256).Data)] }))),
        new("keys signed by a key no DS names", "a.child.z.test A", "Bogus 9: child.z.test DNSKEY", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new Resigned(new SignatureChange
        { Key = w.Child.Keys.Single(one => one.Use == DnssecKeyUse.Records).Key }))),
        new("no keys", "a.child.z.test A", "Bogus 9: has no keys", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new MissingRecords(DnsRecordType.Dnskey))),
        new("the key DS names left out", "a.child.z.test A", "Bogus 9: no key of zone child.z.test", Z + "child.z.test!", w => w.On("child.z.test DNSKEY", new Edited(record =>
            record.Type == DnsRecordType.Dnskey && record.Data.Span[1] == 1 ? null : record))),
        new("an unsigned zone though DS says otherwise", "a.broken.test A", "Bogus 9: has no keys", ".+; test+; broken.test!", w => w.Server.AddZone("broken.test", new SignedZoneOptions
        { Delegation = SignedZoneDelegation.UnsignedDespiteDs }).Add("a.broken.test", DnsRecordType.A, ConformanceWorld.At)),
        new("two keys for keys, one named", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+", w => w.Child.AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257), DnssecKeyUse.KeysUnnamed)),
        new("two keys named, both there", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+", w => w.Child.AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257), DnssecKeyUse.Keys)),
        new("a DS for a key to come", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+", w => w.Zone.Add("child.z.test", DnsRecordType.Ds,
            DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257).ToDelegationSigner("child.z.test"))),
        new("one key for all", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+", w => w.Child.RemoveKeys(static one => one.Use == DnssecKeyUse.Records)),
        new("the key DS names has no zone flag", "a.child.z.test A", "Bogus 11: zone flag", Z + "child.z.test!", w => w.Child.RemoveKeys(static one => one.Use == DnssecKeyUse.Keys).AddKey(DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 1), DnssecKeyUse.Keys)),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §5.2", "referrals", Rows);
}
