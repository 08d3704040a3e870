using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Gaps that may hold delegations nobody vouches for: what is in them is insecure, what is signed stays so.</summary>
internal static class OptOutCases
{
    private static readonly SignedZoneOptions OptOut = new() { Denial = SignedZoneDenial.Nsec3OptOut };

    private static readonly ConformanceCase[] Rows =
    [
        new("a name that is there", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = OptOut },
        new("no such type", "a.z.test TXT", "Secure NoData", Z + "a.z.test TXT+") { Zone = OptOut },
        new("no such name: a delegation may hide there", "nosuch.z.test A", "Insecure NoName", Z + "nosuch.z.test A-") { Zone = OptOut },
        new("a hidden delegation", "a.insec.z.test A", "Insecure Found", Z + "insec.z.test-; a.insec.z.test A-") { Zone = OptOut },
        new("a hidden signed zone nobody vouches for", "a.island.z.test A", "Insecure Found", Z + "island.z.test-; a.island.z.test A-") { Zone = OptOut },
        new("the DS of a hidden delegation", "insec.z.test DS", "Insecure NoData", Z + "insec.z.test DS-") { Zone = OptOut },
        new("a signed delegation", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+") { Zone = OptOut },
        new("a wildcard's name", "y.wild.z.test A", "Insecure Found", Z + "y.wild.z.test A-") { Zone = OptOut },
        new("an empty non-terminal", "ent.z.test A", "Secure NoData", Z + "ent.z.test A+") { Zone = OptOut },
        new("no such type at a wildcard's name", "y.wild.z.test TXT", "Insecure NoData", Z + "y.wild.z.test TXT-") { Zone = OptOut },
        new("a signed name's signature stripped", "a.z.test A", "Bogus 10", Z + "a.z.test A!", w => w.On("a.z.test A", new MissingSignatures())) { Zone = OptOut },
        new("a signed delegation hidden by another's gap", "a.child.z.test A", "Bogus 12", Z + "child.z.test!", w => w.On("child.z.test DS", new AnswerOf("insec.z.test", DnsRecordType.Ds))) { Zone = OptOut },
        new("the gap over a hidden delegation not signed", "a.insec.z.test A", "Bogus 12", Z + "insec.z.test!", w => w.On("insec.z.test DS", new MissingSignatures(DnsRecordType.Nsec3))) { Zone = OptOut },
        new("the gap over a hidden delegation expired", "a.insec.z.test A", "Bogus 7: expired", Z + "insec.z.test!", w => w.On("insec.z.test DS", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1))))) { Zone = OptOut },
        new("below a name that is there for a hidden delegation only, beside a wildcard", "x.hid.z.test A", "Insecure NoData", Z + "x.hid.z.test A-", w =>
        {
            w.Server.AddZone("d.hid.z.test", new SignedZoneOptions { Delegation = SignedZoneDelegation.Unsigned });
            w.Zone.Add("*.z.test", DnsRecordType.Txt, "text");
        })
        { Zone = OptOut, Unbound = new Other("Bogus", "RFC 5155 §9.2: what lies in the gap may be delegated, so that ours asks for no proof that the wildcard is not there; unbound does (§8.4), and the zone has none to give") },
        new("a record that is not there, unsigned, in a gap", "nosuch.z.test A", "Insecure Found", Z + "nosuch.z.test-; nosuch.z.test A-", w => w.On("nosuch.z.test A", new Rewritten(_ => new(0, [new("nosuch.z.test", DnsRecordType.A, TimeSpan.FromMinutes(5), new byte[] { 192, 0, 2, 9 })], [])))) { Zone = OptOut },
    ];

    public static ConformanceTable Table { get; } = new("RFC 5155 §9.2", "opt-out", Rows);
}
