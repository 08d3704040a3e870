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
        text.Append(CultureInfo.InvariantCulture, $"- {rounds.Count} rounds, all works in turn; medians, with the least and the most in brackets; {DnsPeers.Hosts} names in a zone signed by ECDSA P-256, nsd and unbound on loopback\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.Append(new Goal("lookup from the cache", "times faster than a question over loopback", GoalSide.AtLeast, 50, Of(rounds, static round => round.Asked / round.Kept)).Row);
        text.Append(new Goal("cold lookup, validated here, keys of the zone known", "time × the question it needs, answered by AD", GoalSide.AtMost, 1.5, Of(rounds, static round => round.Validated / round.Asked)).Row);
        text.Append("\n## Measurements\n\nOne lookup at a time.\n\n| work | µs |\n|---|---:|\n");
        text.Append(Row(rounds, "from the cache", static round => round.Kept));
        text.Append(Row(rounds, "cold, one question to unbound, its AD bit believed", static round => round.Asked));
        text.Append(Row(rounds, "cold, validated here, keys of the zone known", static round => round.Validated));
        text.Append(Row(rounds, "the platform's check of one ECDSA P-256 signature", static round => round.Signature));
        text.Append(Row(rounds, "cold, validated here, without that check", static round => round.Validated - round.Signature));
        return text.ToString();
    }

    private static Spread? Of(IReadOnlyList<DnsRound> rounds, Func<DnsRound, double> value) => Spread.Of(rounds.Select(value));

    private static string Row(IReadOnlyList<DnsRound> rounds, string work, Func<DnsRound, double> value) => $"| {work} | {Of(rounds, round => value(round) / 1000)} |\n";
}
