using Mail.Security.Dnssec;
using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>The four states, and answers of several parts: the least of them.</summary>
internal static class StateCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("an alias within the zone", "alias.z.test A", "Secure Found", Z + "alias.z.test CNAME+; a.z.test A+"),
        new("an alias to the zone above", "up.z.test A", "Secure Found", Z + "up.z.test CNAME+; a.test A+"),
        new("an alias to an unsigned zone", "away.z.test A", "Insecure Found", Z + "away.z.test CNAME+; insec.test-; a.insec.test A-"),
        new("the alias to an unsigned zone, asked for alone", "away.z.test CNAME", "Secure Found", Z + "away.z.test CNAME+"),
        new("an alias to nothing", "dangling.z.test A", "Secure NoName", Z + "dangling.z.test CNAME+; nosuch.z.test A+"),
        new("an alias to a name without such records", "empty.z.test MX", "Secure NoData", Z + "empty.z.test CNAME+; b.z.test MX+"),
        new("an alias not signed", "alias.z.test A", "Bogus 10: alias.z.test CNAME", Z + "alias.z.test CNAME!", w => w.On("alias.z.test A", new MissingSignatures(DnsRecordType.Cname))),
        new("an alias whose target is not signed", "alias.z.test A", "Bogus 10: a.z.test A", Z + "alias.z.test CNAME+; a.z.test A!", w =>
        {
            // Some ask for the target by itself.
            w.On("alias.z.test A", new MissingSignatures(DnsRecordType.A));
            w.On("a.z.test A", new MissingSignatures(DnsRecordType.A));
        }),
        new("an alias led elsewhere", "alias.z.test A", "Bogus 6: alias.z.test CNAME", Z + "alias.z.test CNAME!", w => w.On("alias.z.test A", new Rewritten(answer =>
            answer.Select(record => record.Type == DnsRecordType.Cname ? record with { Data = (byte[])[1, (byte)'b', .. record.Data.Span[2..]] } : record)))),
        new("an alias from an unsigned zone to a signed one", "to.insec.test A", "Insecure Found", ".+; test+; insec.test-; to.insec.test CNAME-; z.test+; a.z.test A+", w => w.Insecure.Add("to.insec.test", DnsRecordType.Cname, "a.z.test")),
        new("no anchor at or above", "a.z.test A", "Indeterminate Found 5: no trust anchor", "a.z.test A?") { Settings = static (o, w) => o.TrustAnchors = SignedDnsServer.AnchorsOf(w.Child) },
        new("an anchor at the zone", "a.child.z.test A", "Secure Found", "child.z.test+; a.child.z.test A+") { Settings = static (o, w) => o.TrustAnchors = SignedDnsServer.AnchorsOf(w.Child) },
        new("an anchor of another key", "a.z.test A", "Bogus 9: trust anchor", ".!") { Settings = static (o, w) => o.TrustAnchors = [.. SignedDnsServer.AnchorsOf(w.Test).Select(static anchor => anchor with { Zone = default })] },
        new("a server that strips everything", "a.z.test A", "UpstreamNotDnssecCapable: strips", ".?", w => w.Server.DepartAlways(new Stripped()))
        { Unbound = new Other("Bogus", "a failure for both. Ours has a word of its own for a server that hands no signatures on though it is asked to (RFC 4035 §3.2.1), and asks another one") },
        new("records in an insecure zone, an unknown signature over them", "a.insec.test A", "Insecure Found", ".+; test+; insec.test-; a.insec.test A-", w => w.On("a.insec.test A", new Rewritten(answer => answer with
        { Answers = [.. answer.Answers, w.Server.Answer("b.z.test", DnsRecordType.A).Answers[^1] with { Owner = "a.insec.test" }] }))),
        new("a zone with a negative anchor, corrupt", "a.z.test A", "Insecure Found 0: negative trust anchor", "z.test-; a.z.test A-", w => w.On("a.z.test A", new CorruptSignatures())) { Settings = Except },
        new("no such name in a zone with a negative anchor, not proven", "nosuch.z.test A", "Insecure NoName 0: negative trust anchor", "z.test-; nosuch.z.test A-", w => w.On("nosuch.z.test A", new Stripped())) { Settings = Except },
        new("below a zone with a negative anchor", "a.child.z.test A", "Insecure Found 0: negative trust anchor", "z.test-; a.child.z.test A-") { Settings = Except },
        new("beside a zone with a negative anchor", "a.test A", "Secure Found", ".+; test+; a.test A+") { Settings = Except },
        new("beside a zone with a negative anchor, corrupt", "a.test A", "Bogus 6", ".+; test+; a.test A!", w => w.On("a.test A", new CorruptSignatures())) { Settings = Except },
        new("an alias into a zone with a negative anchor", "in.test A", "Insecure Found 0: negative trust anchor", ".+; test+; in.test CNAME+; z.test-; a.z.test A-", w => w.Test.Add("in.test", DnsRecordType.Cname, "a.z.test")) { Settings = Except },
        new("a trust anchor below a negative one", "a.child.z.test A", "Secure Found", "child.z.test+; a.child.z.test A+") { Settings = ExceptAbove },
        new("a trust anchor below a negative one, corrupt", "a.child.z.test A", "Bogus 6", "child.z.test+; a.child.z.test A!", w => w.On("a.child.z.test A", new CorruptSignatures())) { Settings = ExceptAbove },
        new("a mail exchanger", "z.test MX", "Secure Found", Z + "z.test MX+"),
        new("a TLSA record", "_25._tcp.a.z.test TLSA", "Secure Found", Z + "_25._tcp.a.z.test TLSA+"),
        new("no TLSA record", "_25._tcp.b.z.test TLSA", "Secure NoName", Z + "_25._tcp.b.z.test TLSA+"),
    ];

    public static ConformanceTable Table { get; } = new("RFC 4035 §4.3", "states", Rows);

    private static void Except(DnssecResolverOptions options, ConformanceWorld world) => options.NegativeTrustAnchors = [new(DomainName.Parse("z.test"))];

    private static void ExceptAbove(DnssecResolverOptions options, ConformanceWorld world)
    {
        Except(options, world);
        options.TrustAnchors = [.. options.TrustAnchors, .. SignedDnsServer.AnchorsOf(world.Child)];
    }
}
