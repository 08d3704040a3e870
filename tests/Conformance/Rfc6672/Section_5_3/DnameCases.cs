using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>DNAME, and the CNAME it makes, which nobody signs.</summary>
internal static class DnameCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("a name below", "x.ren.z.test A", "Secure Found", Z + "ren.z.test DNAME+; x.t.z.test A+"),
        new("the CNAME it makes, asked for", "x.ren.z.test CNAME", "Secure Found", Z + "ren.z.test DNAME+")
        { Unbound = new Other("Bogus", "RFC 6672 §3.1: servers must be able to answer for the CNAME that a DNAME makes. unbound looks for a zone at its owner, and gives up at the DNAME in the answer to that") },
        new("a name below that leads to nothing", "nosuch.ren.z.test A", "Secure NoName", Z + "ren.z.test DNAME+; nosuch.t.z.test A+"),
        new("the owner itself is not led on", "ren.z.test A", "Secure NoData", Z + "ren.z.test A+"),
        new("to an unsigned zone", "a.far.z.test A", "Insecure Found", Z + "far.z.test DNAME+; insec.test-; a.insec.test A-"),
        new("DNAME not signed", "x.ren.z.test A", "Bogus 10: ren.z.test DNAME", Z + "ren.z.test DNAME!", w => w.On("x.ren.z.test A", new MissingSignatures(DnsRecordType.Dname))),
        new("DNAME's signature expired", "x.ren.z.test A", "Bogus 7: ren.z.test DNAME", Z + "ren.z.test DNAME!", w => w.On("x.ren.z.test A", new Resigned(SignatureChange.Expired(TimeSpan.FromDays(1)), DnsRecordType.Dname))),
        new("a CNAME the DNAME does not make", "x.ren.z.test A", "Bogus 10: x.ren.z.test CNAME", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new Rewritten(answer =>
            answer.Select(record => record.Type == DnsRecordType.Cname ? record with { Data = (byte[])[1, (byte)'a', 1, (byte)'z', 4, .. "test"u8, 0] } : record))))
        { Unbound = new Other("Secure Found", "RFC 6672 §5.3.1: that the CNAME was made by the DNAME is verified, here by refusing it. unbound puts the one in its place that the DNAME does make, and asks for its target") },
        new("no CNAME beside the DNAME", "x.ren.z.test A", "Malformed: other records", "", w => w.On("x.ren.z.test A", new MissingRecords(DnsRecordType.Cname)))
        { Unbound = new Other("Secure Found", "RFC 6672 §3.4: recursive servers make the CNAME for those who ask them, and ours asks no others. unbound asks authorities as well, and makes it itself") },
        new("the CNAME alone", "x.ren.z.test A", "Bogus 10: x.ren.z.test CNAME", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new MissingRecords(DnsRecordType.Dname))),
        new("another zone's DNAME", "x.ren.z.test A", "Bogus 10", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new Rewritten(answer => answer.Select(record => record.Owner == "ren.z.test" ? record with { Owner = "ren.test" } : record)))),
        new("a DNAME that cannot be read", "x.ren.z.test A", "Bogus 10: x.ren.z.test CNAME", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new Rewritten(answer =>
            answer.Select(record => record.Type == DnsRecordType.Dname ? record with { Data = new byte[] { 9 } } : record))))
        { Unbound = new Other("Refused", "unbound refuses the whole message before it validates anything; ours passes the DNAME over, and is left with a CNAME that nobody signed") },
        new("a DNAME of no octets", "x.ren.z.test A", "Bogus 10: x.ren.z.test CNAME", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new Rewritten(answer =>
            answer.Select(record => record.Type == DnsRecordType.Dname ? record with { Data = Array.Empty<byte>() } : record))))
        { Unbound = new Other("Refused", "unbound refuses the whole message before it validates anything; ours passes the DNAME over, and is left with a CNAME that nobody signed") },
        new("two DNAME records at one name", "x.ren.z.test A", "Bogus 10: x.ren.z.test CNAME", Z + "x.ren.z.test CNAME!", w => w.On("x.ren.z.test A", new Rewritten(answer => answer with
        { Answers = [.. answer.Answers, new("ren.z.test", DnsRecordType.Dname, TimeSpan.FromMinutes(5), new byte[] { 0 })] })))
        { Unbound = new Other("Refused", "RFC 6672 §2.4: a name has one DNAME at most. unbound refuses the whole message before it validates anything; ours passes the DNAME over, and is left with a CNAME that nobody signed") },
        new("NSEC3: a name below", "x.ren.z.test A", "Secure Found", Z + "ren.z.test DNAME+; x.t.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3 } },
    ];

    public static ConformanceTable Table { get; } = new("RFC 6672 §5.3.1", "DNAME", Rows);
}
