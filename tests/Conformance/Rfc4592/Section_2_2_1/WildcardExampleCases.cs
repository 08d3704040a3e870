using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>The zone of the example, signed: what its wildcards make, and what they do not.</summary>
internal static class WildcardExampleCases
{
    private const string Chain = ".+; test+; ex.test+; ";

    private static readonly ConformanceCase[] Rows = [.. Signed(SignedZoneDenial.Nsec), .. Signed(SignedZoneDenial.Nsec3)];

    public static ConformanceTable Table { get; } = new("RFC 4592 §2.2.1", "the example of wildcards", Rows);

    private static ConformanceCase[] Signed(SignedZoneDenial denial) =>
    [
        Row(denial, "host3.ex.test MX", "Secure Found", "+"),
        Row(denial, "host3.ex.test A", "Secure NoData", "+"),
        Row(denial, "foo.bar.ex.test TXT", "Secure Found", "+"),
        Row(denial, "host1.ex.test MX", "Secure NoData", "+"),
        Row(denial, "host1.ex.test A", "Secure Found", "+"),
        Row(denial, "_tcp.host1.ex.test TXT", "Secure NoData", "+"),
        Row(denial, "_telnet._tcp.host1.ex.test SRV", "Secure NoName", "+"),
        Row(denial, "_ssh._tcp.host1.ex.test SRV", "Secure Found", "+"),
        Row(denial, "host2.ex.test A", "Secure NoData", "+"),
        Row(denial, "foo.host2.ex.test TXT", "Secure NoName", "+"),
        Row(denial, "*.ex.test TXT", "Secure Found", "+"),
        // The records of a wildcard for names that it does not answer for.
        Row(denial, "host1.ex.test MX", "Bogus 12: wildcard", "!", w => Replay(w, "host1.ex.test", DnsRecordType.Mx), "replayed at a name that exists"),
        Row(denial, "foo.host1.ex.test MX", "Bogus 12: wildcard", "!", w => Replay(w, "foo.host1.ex.test", DnsRecordType.Mx), "replayed below a name that exists"),
        Row(denial, "_tcp.host1.ex.test MX", "Bogus 12: wildcard", "!", w => Replay(w, "_tcp.host1.ex.test", DnsRecordType.Mx), "replayed at an empty non-terminal"),
        Row(denial, "host2.ex.test MX", "Bogus 12: wildcard", "!", w => Replay(w, "host2.ex.test", DnsRecordType.Mx), "replayed at another empty non-terminal"),
        Row(denial, "foo.host2.ex.test TXT", "Bogus 12: wildcard", "!", w => Replay(w, "foo.host2.ex.test", DnsRecordType.Txt), "replayed below an empty non-terminal"),
    ];

    private static ConformanceCase Row(SignedZoneDenial denial, string ask, string verdict, string state, Action<ConformanceWorld>? arrange = null, string special = "as it is") =>
        new($"{denial}: {ask}, {special}", ask, verdict, Chain + ask + state, world =>
        {
            world.Server.AddZone("ex.test", new SignedZoneOptions { Denial = denial })
                .Add("*.ex.test", DnsRecordType.Txt, "this is a wildcard").Add("*.ex.test", DnsRecordType.Mx, "10 host1.ex.test").Add("sub.*.ex.test", DnsRecordType.Txt, "this is not a wildcard")
                .Add("host1.ex.test", DnsRecordType.A, ConformanceWorld.At)
                .Add("_ssh._tcp.host1.ex.test", DnsRecordType.Srv, "0 0 22 host1.ex.test").Add("_ssh._tcp.host2.ex.test", DnsRecordType.Srv, "0 0 22 host1.ex.test");
            arrange?.Invoke(world);
        });

    private static void Replay(ConformanceWorld world, string name, DnsRecordType type) => world.Server.Depart(name, type, new Rewritten(_ =>
        world.Server.Answer("zz.ex.test", type).Select(record => record.Owner == "zz.ex.test" ? record with { Owner = name } : record)));
}
