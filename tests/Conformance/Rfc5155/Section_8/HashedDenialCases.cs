using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Authenticated denial of existence by NSEC3 records.</summary>
internal static class HashedDenialCases
{
    private static readonly SignedZoneOptions Hashed = new() { Denial = SignedZoneDenial.Nsec3, Salt = new byte[] { 0xAB, 0xCD, 0xEF }, Iterations = 4 };

    private static readonly ConformanceCase[] Rows =
    [
        new("no such type", "a.z.test TXT", "Secure NoData", Z + "a.z.test TXT+") { Zone = Hashed },
        new("no such type at the apex", "z.test A", "Secure NoData", Z + "z.test A+") { Zone = Hashed },
        new("no such name", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = Hashed },
        new("no such name far below", "x.y.nosuch.z.test A", "Secure NoName", Z + "x.y.nosuch.z.test A+") { Zone = Hashed },
        new("no such name below one that exists", "x.a.z.test A", "Secure NoName", Z + "x.a.z.test A+") { Zone = Hashed },
        new("an empty non-terminal", "ent.z.test A", "Secure NoData", Z + "ent.z.test A+") { Zone = Hashed },
        new("a name beside an empty non-terminal's", "other.ent.z.test A", "Secure NoName", Z + "other.ent.z.test A+") { Zone = Hashed },
        new("no such type at a wildcard's name", "y.wild.z.test TXT", "Secure NoData", Z + "y.wild.z.test TXT+") { Zone = Hashed },
        new("a name that stands in the way of a wildcard", "x.wild.z.test A", "Secure NoData", Z + "x.wild.z.test A+") { Zone = Hashed },
        new("no DS at a name of the zone", "a.z.test DS", "Secure NoData", Z + "a.z.test DS+") { Zone = Hashed },
        new("no DS at an unsigned delegation", "insec.z.test DS", "Secure NoData", Z + "insec.z.test DS+") { Zone = Hashed },
        new("below an unsigned delegation", "a.insec.z.test A", "Insecure Found", Z + "insec.z.test-; a.insec.z.test A-") { Zone = Hashed },
        new("below a signed delegation", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+") { Zone = Hashed },
        new("an alias to nothing", "dangling.z.test A", "Secure NoName", Z + "dangling.z.test CNAME+; nosuch.z.test A+") { Zone = Hashed },
        new("no NSEC3 at all", "nosuch.z.test A", "Bogus 12: nothing proves", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new MissingRecords(DnsRecordType.Nsec3))) { Zone = Hashed },
        new("no NSEC3 for the type", "a.z.test TXT", "Bogus 12: nothing proves", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new MissingRecords(DnsRecordType.Nsec3))) { Zone = Hashed },
        new("NSEC3 not signed", "a.z.test TXT", "Bogus 12: nothing proves", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new MissingSignatures(DnsRecordType.Nsec3))) { Zone = Hashed },
        new("NSEC3's signature corrupt", "a.z.test TXT", "Bogus 6: does not fit", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new CorruptSignatures(DnsRecordType.Nsec3))) { Zone = Hashed },
        new("NSEC3's signature expired", "a.z.test TXT", "Bogus 7: expired", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)), DnsRecordType.Nsec3))) { Zone = Hashed },
        new("a denial of another name", "b.z.test A", "Bogus 12: do not prove", Z + "b.z.test A!", w => w.On("b.z.test A", new AnswerOf("nosuch.z.test", DnsRecordType.A))) { Zone = Hashed },
        new("a denial of another type", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("a.z.test", DnsRecordType.Txt))) { Zone = Hashed },
        new("a denial of the type at another name", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("b.z.test", DnsRecordType.Txt))) { Zone = Hashed },
        new("a denial of the zone above", "a.z.test A", "Bogus 12: do not prove", Z + "a.z.test A!", w => w.On("a.z.test A", new AnswerOf("nosuch.test", DnsRecordType.A))) { Zone = Hashed },
        new("the closest encloser alone", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(_ => w.Server.Answer("z.test", DnsRecordType.Aaaa) with { Code = 3 }))) { Zone = Hashed },
        new("the closest encloser left out", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", WithoutOwnerOf(w, "z.test"))) { Zone = Hashed },
        new("a CNAME left out of a denial", "alias.z.test A", "Bogus 12: do not prove", Z + "alias.z.test A!", w => w.On("alias.z.test A", new AnswerOf("alias.z.test", DnsRecordType.Ds), new Rewritten(_ => HashedAt(w, "alias.z.test")))) { Zone = Hashed },
        new("a delegation's record denies a type of the zone below", "child.z.test MX", "Bogus 12", Z + "child.z.test+; child.z.test MX!", w => w.On("child.z.test MX", new Rewritten(_ => HashedAt(w, "child.z.test")))) { Zone = Hashed },
        new("a delegation as the closest encloser", "a.child.z.test A", "Bogus 12", Z + "child.z.test+; a.child.z.test A!", w => w.On("a.child.z.test A", new Rewritten(_ => w.Server.Answer("nosuch.z.test", DnsRecordType.A) with { Authority = [.. w.Server.Answer("nosuch.z.test", DnsRecordType.A).Authority, .. HashedAt(w, "child.z.test").Authority] }))) { Zone = Hashed },
        new("a DNAME as the closest encloser", "x.ren.z.test A", "Bogus 12: do not prove", Z + "x.ren.z.test A!", w => w.On("x.ren.z.test A", new Rewritten(_ => w.Server.Answer("nosuch.z.test", DnsRecordType.A) with { Authority = [.. w.Server.Answer("nosuch.z.test", DnsRecordType.A).Authority, .. HashedAt(w, "ren.z.test").Authority] }))) { Zone = Hashed },
        new("an unknown hash", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", Changed(static data => data[0] = 2))) { Zone = Hashed },
        new("an unknown flag", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", Changed(static data => data[1] = 2))) { Zone = Hashed },
        new("another salt than the hashes have", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", Changed(static data => data[5] ^= 1))) { Zone = Hashed },
        new("other iterations than the hashes have", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", Changed(static data => data[3] ^= 1))) { Zone = Hashed },
        new("a longer hash", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", Changed(static data => data[8] = 19)))
        {
            Zone = Hashed,
            Unbound = new Other("Secure NoData", "unbound does not look at the next hash of a record whose owner matches. RFC 5155 §3.1.7: it is a hash, and SHA-1 has 20 octets; ours reads such a record as none"),
        },
        new("NSEC3 of no octets", "a.z.test TXT", "Bogus 12: do not prove", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Edited(static record => record.Type == DnsRecordType.Nsec3 ? record with { Data = Array.Empty<byte>() } : record))) { Zone = Hashed },
        new("an owner that is no hash", "a.z.test TXT", "Bogus 6: does not fit", Z + "a.z.test TXT!", w => w.On("a.z.test TXT", new Rewritten(answer => answer.Select(static record => record.Type == DnsRecordType.Nsec3 || record.Covered == DnsRecordType.Nsec3 ? record with { Owner = "wwww.z.test" } : record)))) { Zone = Hashed },
        new("the denial of a name that is only empty", "ent.z.test A", "Secure NoData", Z + "ent.z.test A+", w => w.On("ent.z.test A", new Rewritten(answer => answer with { Code = 3 })))
        {
            Zone = Hashed,
            Unbound = new Other("Bogus", "the records prove by RFC 5155 §8.5 that there is no data, and that is what ours hands out (decision 0013); nobody signs the response code. unbound does so for NSEC, and for NSEC3 asks for the proof of §8.4"),
        },
        new("the denial of a name under a code that does not", "nosuch.z.test A", "Bogus 12: do not prove", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(answer => answer with { Code = 0 }))) { Zone = Hashed },
    ];

    public static ConformanceTable Table { get; } = new("RFC 5155 §8.3", "denial by NSEC3", Rows);

    private static Edited Changed(Action<byte[]> change) => new(record =>
    {
        var data = record.Data.ToArray();
        if (record.Type == DnsRecordType.Nsec3)
            change(data);
        return record with { Data = data };
    });

    // What the zone says of a name's own types: its NSEC3 record, found as the answer for a type it has not.
    private static SignedDnsAnswer HashedAt(ConformanceWorld world, string name)
    {
        var proof = world.Server.Denial(world.Zone, name);
        return new(0, [], [.. world.Server.Answer("a.z.test", DnsRecordType.Txt).Authority.Where(static record => record.Type == DnsRecordType.Soa || record.Covered == DnsRecordType.Soa), .. proof]);
    }

    private static Rewritten WithoutOwnerOf(ConformanceWorld world, string name)
    {
        var owner = world.Server.Denial(world.Zone, name)[0].Owner;
        return new(answer => answer.Select(record => record.Owner == owner ? null : record));
    }
}
