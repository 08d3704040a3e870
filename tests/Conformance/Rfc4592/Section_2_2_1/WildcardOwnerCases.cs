using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Questions for a wildcard's own name: it is a name like any other, and nothing is made from it.</summary>
internal static class WildcardOwnerCases
{
    private const string Ask = "*.wild.z.test A";

    private static readonly SignedZoneOptions Hashed = new() { Denial = SignedZoneDenial.Nsec3 };

    private static readonly ConformanceCase[] Rows =
    [
        new("the record itself", Ask, "Secure Found", Z + "*.wild.z.test A+"),
        new("no such type", "*.wild.z.test TXT", "Secure NoData", Z + "*.wild.z.test TXT+"),
        new("no such wildcard", "*.z.test A", "Secure NoName", Z + "*.z.test A+"),
        new("no such wildcard below a name", "*.a.z.test A", "Secure NoName", Z + "*.a.z.test A+"),
        new("an alias", "*.wildalias.z.test A", "Secure Found", Z + "*.wildalias.z.test CNAME+; a.z.test A+"),
        new("the alias itself", "*.wildalias.z.test CNAME", "Secure Found", Z + "*.wildalias.z.test CNAME+"),
        new("not signed", Ask, "Bogus 10", Z + "*.wild.z.test A!", w => w.On(Ask, new MissingSignatures())),
        new("its signature corrupt", Ask, "Bogus 6: does not fit", Z + "*.wild.z.test A!", w => w.On(Ask, new CorruptSignatures())),
        new("a signature that counts the asterisk", Ask, "Bogus 6: labels", Z + "*.wild.z.test A!", w => w.On(Ask, new Resigned(new SignatureChange { Labels = 4 }))),
        new("a wildcard above made it", Ask, "Bogus 12: wildcard", Z + "*.wild.z.test A!", w => w.On(Ask, new Resigned(new SignatureChange { Labels = 2 }))),
        new("denied by the zone's apex", Ask, "Bogus 12", Z + "*.wild.z.test A!", w => w.On(Ask, new AnswerOf("nosuch.z.test", DnsRecordType.A))),
        new("no such wildcard, and one above makes it", "*.y.wild.z.test A", "Secure Found", Z + "*.y.wild.z.test A+")
        { Unbound = new Other("Bogus", "RFC 4035 §5.3.2: what counts fewer labels than its owner is signed under the name of the wildcard, also where the owner begins with an asterisk. unbound takes such an owner for the signed one") },
        new("NSEC3: the record itself", Ask, "Secure Found", Z + "*.wild.z.test A+") { Zone = Hashed },
        new("NSEC3: no such type", "*.wild.z.test TXT", "Secure NoData", Z + "*.wild.z.test TXT+") { Zone = Hashed },
        new("NSEC3: no such wildcard", "*.z.test A", "Secure NoName", Z + "*.z.test A+") { Zone = Hashed },
        new("NSEC3: denied by the zone's apex", Ask, "Bogus 12", Z + "*.wild.z.test A!", w => w.On(Ask, new AnswerOf("nosuch.z.test", DnsRecordType.A))) { Zone = Hashed },
    ];

    public static ConformanceTable Table { get; } = new("RFC 4592 §2.2.1", "owners of wildcards", Rows);
}
