using System.Globalization;
using Mail.Security.Testing;
using static Mail.Security.Conformance.ConformanceTable;
using static Mail.Security.Conformance.UnboundVerdict;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Conformance;

/// <summary>Aliases in a row and in a circle: each step is signed, and the end is what counts.</summary>
internal static class AliasCases
{
    private static readonly ConformanceCase[] Rows =
    [
        new("ten aliases in a row", "c1.z.test A", "Secure Found", Steps(10) + "; a.z.test A+", w => Row(w, 10)),
        new("eleven aliases in a row", "c1.z.test A", "AliasLimit: more than 10", null, w => Row(w, 11)) { Unbound = new Other("Secure Found", "a limit of ours, a setting: RFC 1034 §3.6.2 has chains followed and says not how far. unbound follows some more") },
        new("ten aliases in a row, the last not signed", "c1.z.test A", "Bogus 10: c10.z.test CNAME", Steps(9) + "; c10.z.test CNAME!", w =>
        {
            Row(w, 10);
            for (var number = 1; number <= 10; number++)
                w.On(Ask(number), new Rewritten(static answer => answer.Select(static record => record is { Type: DnsRecordType.Rrsig, Owner: "c10.z.test" } ? null : record)));
        }),
        new("an alias to itself", "self.z.test A", "AliasLoop: lead back", null, w => w.Zone.Add("self.z.test", DnsRecordType.Cname, "self.z.test")),
        new("two aliases in a circle", "one.z.test A", "AliasLoop: lead back", null, w => w.Zone.Add("one.z.test", DnsRecordType.Cname, "two.z.test").Add("two.z.test", DnsRecordType.Cname, "one.z.test")),
        new("an alias in a circle, asked for by itself", "one.z.test CNAME", "Secure Found", Z + "one.z.test CNAME+", w => w.Zone.Add("one.z.test", DnsRecordType.Cname, "two.z.test").Add("two.z.test", DnsRecordType.Cname, "one.z.test")),
        new("two aliases at one name", "alias.z.test A", "Malformed", null, w => w.On("alias.z.test A", new Rewritten(static answer => answer with
        { Answers = [.. answer.Answers, answer.Answers[0] with { Data = (byte[])[1, (byte)'b', .. answer.Answers[0].Data.Span[2..]] }] })))
        { Unbound = new Other("Secure Found", "RFC 1034 §3.6.2: a name that is an alias has no other records. Ours takes two for none; unbound keeps the first, which is signed") },
        new("an alias through an unsigned zone and back", "there.z.test A", "Insecure Found", Z + "there.z.test CNAME+; insec.test-; back.insec.test CNAME-; a.z.test A+", w =>
        {
            w.Zone.Add("there.z.test", DnsRecordType.Cname, "back.insec.test");
            w.Insecure.Add("back.insec.test", DnsRecordType.Cname, "a.z.test");
        }),
        new("a DNAME that makes too long a name", Label + ".long.z.test A", "ServerFailure: response code 6", null, w => w.Zone.Add("long.z.test", DnsRecordType.Dname, string.Join('.', Enumerable.Repeat(Label, 3)) + ".z.test"))
        { Unbound = new Other("Code 6", "a failure for both: RFC 6672 §2.2 has a response code for it, which unbound hands on and ours tells") },
    ];

    public static ConformanceTable Table { get; } = new("RFC 1034 §3.6.2", "aliases", Rows);

    private static string Label => new('l', 63);

    private static string Ask(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number}.z.test A");

    private static string Steps(int count) => Z + string.Join("; ", Enumerable.Range(1, count).Select(static number => string.Create(CultureInfo.InvariantCulture, $"c{number}.z.test CNAME+")));

    private static void Row(ConformanceWorld world, int count)
    {
        for (var number = 1; number <= count; number++)
            world.Zone.Add(string.Create(CultureInfo.InvariantCulture, $"c{number}.z.test"), DnsRecordType.Cname, number == count ? "a.z.test" : string.Create(CultureInfo.InvariantCulture, $"c{number + 1}.z.test"));
    }
}
