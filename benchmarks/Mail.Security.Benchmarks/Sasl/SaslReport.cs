using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Sasl;

/// <summary>The text of results/sasl.md: the goals, and under them everything that was measured.</summary>
internal static class SaslReport
{
    public static string Write(string machine, IReadOnlyList<SaslFigures> figures)
    {
        var text = new StringBuilder($"# SASL floor\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {figures[0].Rounds.Count} rounds, all works in turn; medians, with the least and the most in brackets\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.AppendJoin("", Goals(figures[0]).Select(goal => goal.Row));
        text.Append("\n## Measurements\n\nSCRAM-SHA-256. Client and server are timed apart; a login allocates on both.\n\n| iterations | work | µs | × PBKDF2 alone | allocated B |\n|---:|---|---:|---:|---:|\n");
        text.AppendJoin("", figures.SelectMany(Rows));
        return text.ToString();
    }

    private static IEnumerable<Goal> Goals(SaslFigures figures)
    {
        yield return new("client, first login", "time × PBKDF2 alone", GoalSide.AtMost, 1.1, figures.Ratio(round => round.First.Client));
        yield return new("client, login with remembered keys", "time × PBKDF2 alone", GoalSide.AtMost, 0.2, figures.Ratio(round => round.Again.Client));
        yield return new("server, verifying a proof", "µs", GoalSide.AtMost, 5, figures.Micros(round => round.Again.Verify));
    }

    private static IEnumerable<string> Rows(SaslFigures figures)
    {
        yield return Row(figures, "PBKDF2 alone", round => round.Derivation, "");
        yield return Row(figures, "client, first login", round => round.First.Client, Spread.Number(figures.AllocatedFirst));
        yield return Row(figures, "client, login with remembered keys", round => round.Again.Client, Spread.Number(figures.AllocatedAgain));
        yield return Row(figures, "server, the whole login", round => round.Again.Server, "");
        yield return Row(figures, "server, verifying a proof", round => round.Again.Verify, "");
        yield return Row(figures, "MailKit as the client", round => round.MailKit, "");
    }

    private static string Row(SaslFigures figures, string work, Func<SaslRound, double> value, string allocated) =>
        string.Create(CultureInfo.InvariantCulture, $"| {figures.Iterations:#,0} | {work} | {figures.Micros(value)} | {figures.Ratio(value)} | {allocated} |\n");
}
