using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Types at a wildcard that are more than data, and a wildcard that has none.</summary>
internal static class WildcardTypeCases
{
    private static readonly SignedZoneOptions Hashed = new() { Denial = SignedZoneDenial.Nsec3 };

    private static readonly ConformanceCase[] Rows =
    [
        new("CNAME", "y.wildalias.z.test A", "Secure Found", Z + "y.wildalias.z.test CNAME+; a.z.test A+"),
        new("CNAME to a name that the wildcard makes", "y.round.z.test MX", "Secure NoData", Z + "y.round.z.test CNAME+; x.wild.z.test MX+", w => w.Zone.Add("*.round.z.test", DnsRecordType.Cname, "x.wild.z.test")),
        new("CNAME to a name that is not there, in an unsigned zone below", "y.gone.z.test A", "Insecure NoName", Z + "y.gone.z.test CNAME+; insec.z.test-; nosuch.insec.z.test A-", w => w.Zone.Add("*.gone.z.test", DnsRecordType.Cname, "nosuch.insec.z.test"))
        { Unbound = new Other("Bogus", "RFC 4035 §4.3: the target is in an unsigned zone, so that nothing is to be proven. unbound takes the record that is there for the wildcard for a proof of its zone") },
        new("SRV", "_x._tcp.wildsrv.z.test SRV", "Secure Found", Z + "_x._tcp.wildsrv.z.test SRV+", w => w.Zone.Add("*.wildsrv.z.test", DnsRecordType.Srv, "1 1 25 a.z.test")),
        new("TLSA", "_25._tcp.mx.z.test TLSA", "Secure Found", Z + "_25._tcp.mx.z.test TLSA+", w => w.Zone.Add("*.mx.z.test", DnsRecordType.Tlsa, "3 1 1 " + new string('0', 64))),
        new("TLSA, no proof that the name is not there", "_25._tcp.mx.z.test TLSA", "Bogus 12: wildcard", Z + "_25._tcp.mx.z.test TLSA!", w =>
        {
            w.Zone.Add("*.mx.z.test", DnsRecordType.Tlsa, "3 1 1 " + new string('0', 64));
            w.On("_25._tcp.mx.z.test TLSA", new MissingRecords(DnsRecordType.Nsec));
        }),
        new("DS", "y.wildds.z.test DS", "Bogus 12: wildcard", Z + "y.wildds.z.test DS!", w => w.Zone.Add("*.wildds.z.test", DnsRecordType.Ds, DnssecTestKey.Create(DnssecTestAlgorithm.EcdsaP256, 257).ToDelegationSigner("y.wildds.z.test")))
        { Unbound = new Other("Secure Found", "RFC 4592 §4.6: such a record means nothing. Ours takes no DS, DNSKEY or DNAME record from a wildcard; unbound hands it out, and follows it nowhere") },
        new("nothing, only names below it", "y.entwild.z.test A", "Secure NoData", Z + "y.entwild.z.test A+", Empty),
        new("nothing, only names below it, and the name is denied", "y.entwild.z.test A", "Secure NoData", Z + "y.entwild.z.test A+", w =>
        {
            Empty(w);
            w.On("y.entwild.z.test A", new Rewritten(static answer => answer with { Code = 3 }));
        })
        { Unbound = new Other("Secure NoName", "RFC 4592 §4.9: where the wildcard is an empty non-terminal there is no error. unbound takes the gap that its name lies in for the proof that there is no wildcard") },
        new("NSEC3: CNAME", "y.wildalias.z.test A", "Secure Found", Z + "y.wildalias.z.test CNAME+; a.z.test A+") { Zone = Hashed },
        new("NSEC3: TLSA", "_25._tcp.mx.z.test TLSA", "Secure Found", Z + "_25._tcp.mx.z.test TLSA+", w => w.Zone.Add("*.mx.z.test", DnsRecordType.Tlsa, "3 1 1 " + new string('0', 64))) { Zone = Hashed },
        new("NSEC3: nothing, only names below it", "y.entwild.z.test A", "Secure NoData", Z + "y.entwild.z.test A+", Empty) { Zone = Hashed },
    ];

    public static ConformanceTable Table { get; } = new("RFC 4592 §4", "types at wildcards", Rows);

    private static void Empty(ConformanceWorld world) => world.Zone.Add("sub.*.entwild.z.test", DnsRecordType.Txt, "not a wildcard").Add("zz.entwild.z.test", DnsRecordType.A, ConformanceWorld.At);
}
