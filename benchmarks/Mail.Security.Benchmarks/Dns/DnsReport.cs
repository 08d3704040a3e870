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
        text.Append(CultureInfo.InvariantCulture, $"- {rounds.Count} rounds, all works in turn; medians, with the least and the most in brackets; {DnsPeers.Hosts} names in each of two zones below a signed root, nsd and unbound on loopback\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.Append(new Goal("lookup from the cache", "times faster than a question over loopback", GoalSide.AtLeast, 50, Of(rounds, static round => round.Ecdsa.Kept.Asked / round.Kept)).Row);
        foreach (var (kind, of) in Zones)
        {
            text.Append(Cold($"{kind}, unbound asks nsd", rounds, round => of(round).Fetched)).Append(Cold($"{kind}, unbound has it", rounds, round => of(round).Kept));
            text.Append(new Goal($"cold lookup, validated here, {kind}", "times faster than ARSoft.Tools.Net", GoalSide.AtLeast, 5, Of(rounds, round => of(round).ArSoft / of(round).Kept.Validated)).Row);
        }
        text.Append(new Goal($"{ManyQuestions.InFlight} questions in flight, none from a cache", "× DnsClient's questions a second", GoalSide.AtLeast, 3, Of(rounds, static round => round.Ours / round.DnsClient)).Row);
        text.Append("\n## Measurements\n\nOne lookup at a time; \"cold\" is with the keys of the zone known.\n\n| work | µs |\n|---|---:|\n");
        text.Append(Row(rounds, "from the cache", static round => round.Kept));
        foreach (var (kind, of) in Zones)
        {
            text.Append(Rows($"{kind}, unbound has it", rounds, round => of(round).Kept)).Append(Rows($"{kind}, unbound asks nsd", rounds, round => of(round).Fetched));
            text.Append(Row(rounds, $"{kind}: cold, validated by ARSoft.Tools.Net, unbound has it", round => of(round).ArSoft)).Append(Row(rounds, $"{kind}: the platform's check of one signature alone", round => of(round).Signature));
        }
        text.Append(CultureInfo.InvariantCulture, $"\n| {ManyQuestions.InFlight} questions in flight, unbound has the answers | a second |\n|---|---:|\n");
        text.Append(CultureInfo.InvariantCulture, $"| our resolver, by the AD bit | {Of(rounds, static round => round.Ours)} |\n| DnsClient, without DNSSEC | {Of(rounds, static round => round.DnsClient)} |\n");
        return text.ToString();
    }

    private static IReadOnlyList<(string Kind, Func<DnsRound, ZoneCosts> Of)> Zones { get; } = [("ECDSA P-256", static round => round.Ecdsa), ("RSA 2048", static round => round.Rsa)];

    private static string Cold(string kind, IReadOnlyList<DnsRound> rounds, Func<DnsRound, ColdLookup> of) =>
        new Goal($"cold lookup, validated here, {kind}", "time × the exchange it needs", GoalSide.AtMost, 1.5, Of(rounds, round => of(round).Validated / of(round).Plain)).Row;

    private static string Rows(string kind, IReadOnlyList<DnsRound> rounds, Func<DnsRound, ColdLookup> of) =>
        Row(rounds, $"{kind}: cold, one question to unbound, its AD bit believed", round => of(round).Asked)
        + Row(rounds, $"{kind}: the exchange that a validation needs, alone", round => of(round).Plain)
        + Row(rounds, $"{kind}: cold, validated here", round => of(round).Validated);

    private static Spread? Of(IReadOnlyList<DnsRound> rounds, Func<DnsRound, double> value) => Spread.Of(rounds.Select(value));

    private static string Row(IReadOnlyList<DnsRound> rounds, string work, Func<DnsRound, double> value) => $"| {work} | {Of(rounds, round => value(round) / 1000)} |\n";
}
