using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>More iterations than are computed make an answer insecure, once the signatures were checked.</summary>
internal static class IterationCases
{
    private static readonly Edited Many = new(static record => record.Type == DnsRecordType.Nsec3 ? record with { Data = (byte[])[.. record.Data.Span[..2], 255, 255, .. record.Data.Span[4..]] } : record);

    private static readonly ConformanceCase[] Rows =
    [
        new("0 more iterations, no such name", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 0 } },
        new("1 more iterations, no such name", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 1 } },
        new("150 more iterations, no such name", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 150 } },
        new("151 more iterations, no such name", "nosuch.z.test A", "Insecure NoName 27: 151 times", Z + "nosuch.z.test A-") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("2500 more iterations, no such name", "nosuch.z.test A", "Insecure NoName 27: 2500 times", Z + "nosuch.z.test A-") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 2500 } },
        new("65535 more iterations, no such type", "a.z.test TXT", "Insecure NoData 27: 65535 times", Z + "a.z.test TXT-", w => w.On("a.z.test TXT", Many)) { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 1 } },
        new("151 more iterations, a name that is there", "a.z.test A", "Secure Found", Z + "a.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("151 more iterations, a wildcard's name", "y.wild.z.test A", "Insecure Found 27: 151 times", Z + "y.wild.z.test A-") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("151 more iterations, a signed delegation", "a.child.z.test A", "Secure Found", Z + "child.z.test+; a.child.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("151 more iterations, an unsigned delegation", "a.insec.z.test A", "Insecure Found 27: 151 times", Z + "insec.z.test-; a.insec.z.test A-") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("151 more iterations, the record's signature corrupt", "nosuch.z.test A", "Bogus 6: does not fit", Z + "nosuch.z.test!", w => { w.On("nosuch.z.test A", new CorruptSignatures(DnsRecordType.Nsec3)); w.On("nosuch.z.test DS", new CorruptSignatures(DnsRecordType.Nsec3)); }) { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("151 more iterations, the record not signed", "nosuch.z.test A", "Bogus 12", Z + "nosuch.z.test!", w => { w.On("nosuch.z.test A", new MissingSignatures(DnsRecordType.Nsec3)); w.On("nosuch.z.test DS", new MissingSignatures(DnsRecordType.Nsec3)); }) { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 151 } },
        new("more iterations than were signed", "nosuch.z.test A", "Bogus 6: does not fit", Z + "nosuch.z.test A!", w => w.On("nosuch.z.test A", new Rewritten(static answer => answer.Select(static record =>
            record.Type == DnsRecordType.Nsec3 ? record with { Data = (byte[])[.. record.Data.Span[..2], 9, 9, .. record.Data.Span[4..]] } : record)))) { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 1 } },
        new("a lower limit", "nosuch.z.test A", "Insecure NoName 27: at most 0", Z + "nosuch.z.test A-") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 1 }, Settings = static (o, _) => o.MaxNsec3Iterations = 0 },
        new("a higher limit", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 500 }, Settings = static (o, _) => o.MaxNsec3Iterations = 500 },
        new("a salt of 255 octets", "nosuch.z.test A", "Secure NoName", Z + "nosuch.z.test A+") { Zone = new() { Denial = SignedZoneDenial.Nsec3, Iterations = 10, Salt = new byte[255] } },
    ];

    public static ConformanceTable Table { get; } = new("RFC 9276 §3.2", "iterations", Rows);
}
