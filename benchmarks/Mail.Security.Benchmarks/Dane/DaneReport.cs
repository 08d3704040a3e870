using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Dane;

/// <summary>The text of results/dane.md: the goals, and under them everything that was measured.</summary>
internal static class DaneReport
{
    private const int Direct = 0;
    private const int Anchored = 4;
    private const int Chain = 5;

    public static List<DaneWork> Works(DaneBenchmarks bench) =>
    [
        new("3 1 1 record", bench.Verify_EndEntity, 500),
        new("3 1 1 record, the last of four", bench.Verify_EndEntityOfFour, 500),
        new("SHA-256 of the key alone", bench.Hash_Key, 500),
        new("loading a certificate object", bench.Load_Certificate, 10),
        new("2 0 1 record, two signatures", bench.Verify_TrustAnchor, 4),
        new("X509Chain.Build and the name, two signatures", bench.Build_Chain, 4),
    ];

    public static string Write(string machine, List<DaneWork> works)
    {
        var text = new StringBuilder($"# DANE floor\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {works[0].Rounds.Count} rounds, all works in turn; medians, with the least and the most in brackets\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.Append(new Goal("3 1 1 record", "ns", GoalSide.AtMost, 600, Spread.Of(works[Direct].Rounds)).Row);
        text.Append(new Goal("3 1 1 record", "allocated B", GoalSide.AtMost, 0, Spread.Of([works[Direct].Allocated])).Row);
        text.Append(new Goal("2 0 1 record", "time × X509Chain.Build", GoalSide.AtMost, 1.1, Spread.Of(works[Anchored].Rounds.Zip(works[Chain].Rounds, static (ours, theirs) => ours / theirs))).Row);
        text.Append("\n## Measurements\n\nCertificates of ECDSA on P-256, as objects that the handshake has loaded.\n\n| work | µs | allocated B |\n|---|---:|---:|\n");
        foreach (var work in works)
            text.Append(CultureInfo.InvariantCulture, $"| {work.Name} | {Spread.Of(work.Rounds.Select(static round => round / 1000))} | {work.Allocated:#,0} |\n");
        return text.ToString();
    }
}
