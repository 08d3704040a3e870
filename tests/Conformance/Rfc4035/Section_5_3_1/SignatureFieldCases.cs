using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>What must hold of an RRSIG record before its signature is checked at all.</summary>
internal static class SignatureFieldCases
{
    private const string Ask = "a.z.test A";
    private const string Good = Z + "a.z.test A+";
    private const string Bad = Z + "a.z.test A!";
    private static readonly DnssecTestKey Stranger = DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256);

    private static readonly ConformanceCase[] Rows =
    [
        new("as it should be", Ask, "Secure Found", Good),
        new("expired for long", Ask, "Bogus 7: expired", Bad, w => w.On(Ask, new Resigned(SignatureChange.Expired(TimeSpan.FromDays(30))))),
        new("expired a second ago", Ask, "Bogus 7: expired", Bad, w => w.On(Ask, new Resigned(SignatureChange.Expired(TimeSpan.FromSeconds(1))))),
        new("expires in this second", Ask, "Secure Found", Good, w => w.On(Ask, new Resigned(new SignatureChange { Expiration = TimeSpan.Zero }))),
        new("not yet valid", Ask, "Bogus 8: valid only from", Bad, w => w.On(Ask, new Resigned(SignatureChange.NotYetValid(TimeSpan.FromHours(1))))),
        new("valid from the next second", Ask, "Bogus 8: valid only from", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Inception = TimeSpan.FromSeconds(1) }))),
        new("valid from this second", Ask, "Secure Found", Good, w => w.On(Ask, new Resigned(new SignatureChange { Inception = TimeSpan.Zero }))),
        new("expires before it is valid", Ask, "Bogus 25: before", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Inception = TimeSpan.FromHours(1), Expiration = TimeSpan.FromHours(-1) }))),
        new("expired within the skew", Ask, "Secure Found", Good, w => w.On(Ask, new Resigned(SignatureChange.Expired(TimeSpan.FromMinutes(5)))))
        { Settings = static (o, _) => o.ClockSkew = TimeSpan.FromMinutes(10) },
        new("expired beyond the skew", Ask, "Bogus 7: expired", Bad, w => w.On(Ask, new Resigned(SignatureChange.Expired(TimeSpan.FromMinutes(11)))))
        { Settings = static (o, _) => o.ClockSkew = TimeSpan.FromMinutes(10) },
        new("not yet valid within the skew", Ask, "Secure Found", Good, w => w.On(Ask, new Resigned(SignatureChange.NotYetValid(TimeSpan.FromMinutes(5)))))
        { Settings = static (o, _) => o.ClockSkew = TimeSpan.FromMinutes(10) },
        new("one bit is another", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new CorruptSignatures())),
        new("not signed", Ask, "Bogus 10: not signed", Bad, w => w.On(Ask, new MissingSignatures())),
        new("a signature of another type of records", Ask, "Bogus 10: not signed", Bad, w => w.On(Ask, new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Rrsig ? record with { Data = (byte[])[0, 16, .. record.Data.Span[2..]] } : record)))),
        new("a signature of another owner", Ask, "Bogus 10: not signed", Bad, w => w.On(Ask, new Rewritten(answer => answer with
        { Answers = [.. answer.Answers.Where(record => record.Type == DnsRecordType.A), .. w.Server.Answer("b.z.test", DnsRecordType.A).Answers.Where(record => record.Type == DnsRecordType.Rrsig)] }))),
        new("a key the zone has not", Ask, "Bogus 9: has no key", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Key = Stranger }))),
        new("a key the zone has not, under the tag of one it has", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new Resigned(new SignatureChange
        { Key = Stranger, KeyTag = w.Zone.Keys.Single(one => one.Use == DnssecKeyUse.Records).Key.Tag }))),
        new("the tag of no key", Ask, "Bogus 9: has no key", Bad, w => w.On(Ask, new Resigned(new SignatureChange
        { KeyTag = w.Zone.Keys.Single(one => one.Use == DnssecKeyUse.Records).Key.Tag ^ w.Zone.Keys[0].Key.Tag ^ 0x5555 }))),
        new("the algorithm of no key", Ask, "Bogus 9: has no key", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Algorithm = 15 }))),
        new("more labels than the owner", Ask, "Bogus 6: labels", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Labels = 4 }))),
        new("fewer labels than the zone", Ask, "Bogus 6: labels", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Labels = 1 }))),
        new("fewer labels than the owner, as of a wildcard", Ask, "Bogus 12: wildcard", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Labels = 2 }))),
        new("a signer below the owner", Ask, "Bogus 10: not signed", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Signer = "x.a.z.test" }))),
        new("a signer beside the owner", Ask, "Bogus 10: not signed", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Signer = "insec.test" }))),
        new("a signer where no zone begins", Ask, "Bogus 9: no zone begins", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Signer = "a.z.test" }))),
        new("the zone above as signer, by a key of the zone", Ask, "Bogus 9: has no key", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Signer = "test" }))),
        // Not as §5.3.1 has it, which would take a question for each label between: decision 0013 says why.
        new("the zone above as signer, by its own key", "a.child.z.test A", "Secure Found", Z + "a.child.z.test A+", w => w.On("a.child.z.test A", new Resigned(new SignatureChange
        { Signer = "z.test", Key = w.Zone.Keys.Single(one => one.Use == DnssecKeyUse.Records).Key }))),
        new("the zone above as signer, by its own key, at the apex of the zone below", "child.z.test MX", "Secure Found", Z + "child.z.test MX+", w => w.On("child.z.test MX", new Resigned(new SignatureChange
        { Signer = "z.test", Key = w.Zone.Keys.Single(one => one.Use == DnssecKeyUse.Records).Key }))),
        new("the root as signer, by a key of the zone", Ask, "Bogus 9: has no key", Bad, w => w.On(Ask, new Resigned(new SignatureChange { Signer = "." }))),
        new("another record under the signature", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.A && record.Data.Span[3] == 2 ? record with { Data = new byte[] { 192, 0, 2, 99 } } : record)))),
        new("a record more under the signature", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new Rewritten(answer => answer with
        { Answers = [.. answer.Answers, new("a.z.test", DnsRecordType.A, TimeSpan.FromMinutes(5), new byte[] { 192, 0, 2, 99 })] }))),
        new("a record less under the signature", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new Rewritten(answer => answer with { Answers = [.. answer.Answers.Skip(1)] }))),
        new("another original time to live", Ask, "Bogus 6: does not fit", Bad, w => w.On(Ask, new Rewritten(answer => answer.Select(record =>
            record.Type == DnsRecordType.Rrsig ? record with { Data = (byte[])[.. record.Data.Span[..6], 9, 9, .. record.Data.Span[8..]] } : record)))),
        new("a good one behind a corrupt one", Ask, "Secure Found", Good, w => w.On(Ask, Twice(bad => (byte[])[.. bad[..^1], (byte)(bad[^1] ^ 1)]))),
        new("a good one behind one of no key", Ask, "Secure Found", Good, w => w.On(Ask, Twice(bad => (byte[])[.. bad[..16], (byte)(bad[16] ^ 1), .. bad[17..]]))),
        new("a good one behind an expired one", Ask, "Secure Found", Good, w => w.On(Ask, Twice(bad => (byte[])[.. bad[..8], 1, 0, 0, 0, .. bad[12..]]))),
        new("a good one behind one of an unknown algorithm", Ask, "Secure Found", Good, w => w.On(Ask, Twice(bad => (byte[])[.. bad[..2], 200, .. bad[3..]]))),
        new("a good one behind one that cannot be read", Ask, "Secure Found", Good, w => w.On(Ask, Twice(bad => bad[..18]))),
        new("a key without the zone flag", Ask, "Bogus 11: zone flag", Z + "a.z.test!", w => Swap(w, static key => key.With(flags: 0))),
        new("a key of another protocol", Ask, "Bogus 9: has no key", Z + "a.z.test!", w => Swap(w, static key => key.With(protocol: 2))),
        new("two keys sign, one is gone", Ask, "Secure Found", Good, w =>
        {
            var second = DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256);
            w.On(Ask, new Resigned(new SignatureChange { Key = second }), new Rewritten(answer => answer with { Answers = [.. answer.Answers, .. w.Server.Answer("b.z.test", DnsRecordType.A).Answers] }));
            w.Zone.AddKey(second, DnssecKeyUse.Published);
        }),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §5.3.1", "fields of signatures", Rows);

    // Every signature twice, the first of them spoilt.
    private static Rewritten Twice(Func<byte[], byte[]> spoil) => new(answer => answer with
    {
        Answers = [.. answer.Answers.SelectMany(record => record.Type == DnsRecordType.Rrsig ? [record with { Data = spoil(record.Data.ToArray()) }, record] : new[] { record })],
    });

    private static void Swap(ConformanceWorld world, Func<DnssecTestKey, DnssecTestKey> change)
    {
        var key = world.Zone.Keys.Single(static one => one.Use == DnssecKeyUse.Records).Key;
        world.Zone.RemoveKeys(static one => one.Use == DnssecKeyUse.Records).AddKey(change(key), DnssecKeyUse.Records);
    }
}
