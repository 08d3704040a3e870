using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>The text of results/dns.md: the goals, and under them everything that was measured.</summary>
internal static class DnsReport
{
    public static string Write(string machine, IReadOnlyList<DnsRound> rounds)
    {
        var text = new StringBuilder($"# DNS floor\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {rounds.Count} rounds, all works in turn; medians, with the least and the most in brackets; {DnsPeers.Hosts} names in each of two zones, nsd and unbound on loopback\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.Append(new Goal("lookup from the cache", "times faster than a question over loopback", GoalSide.AtLeast, 50, Of(rounds, static round => round.Ecdsa.Asked / round.Kept)).Row);
        text.Append(Cold("ECDSA P-256", rounds, static round => round.Ecdsa).Row).Append(Cold("RSA 2048", rounds, static round => round.Rsa).Row);
        text.Append("\n## Measurements\n\nOne lookup at a time; \"cold\" is with the keys of the zone known.\n\n| work | µs |\n|---|---:|\n");
        text.Append(Row(rounds, "from the cache", static round => round.Kept));
        text.Append(Rows("ECDSA P-256", rounds, static round => round.Ecdsa)).Append(Rows("RSA 2048", rounds, static round => round.Rsa));
        return text.ToString();
    }

    private static Goal Cold(string kind, IReadOnlyList<DnsRound> rounds, Func<DnsRound, ColdLookup> of) =>
        new($"cold lookup, validated here, {kind}", "time × the exchange it needs", GoalSide.AtMost, 1.5, Of(rounds, round => of(round).Validated / of(round).Plain));

    private static string Rows(string kind, IReadOnlyList<DnsRound> rounds, Func<DnsRound, ColdLookup> of) =>
        Row(rounds, $"{kind}: cold, one question to unbound, its AD bit believed", round => of(round).Asked)
        + Row(rounds, $"{kind}: the exchange that a validation needs, alone", round => of(round).Plain)
        + Row(rounds, $"{kind}: cold, validated here", round => of(round).Validated)
        + Row(rounds, $"{kind}: the platform's check of one signature alone", round => of(round).Signature);

    private static Spread? Of(IReadOnlyList<DnsRound> rounds, Func<DnsRound, double> value) => Spread.Of(rounds.Select(value));

    private static string Row(IReadOnlyList<DnsRound> rounds, string work, Func<DnsRound, double> value) => $"| {work} | {Of(rounds, round => value(round) / 1000)} |\n";
}
