using System.Globalization;
using System.Text;
using Mail.Security.Benchmarks.Loopback.Report;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>The text of results/client.md: the goals, and under them everything that was measured.</summary>
internal sealed class ClientReport(ClientSettings settings, IReadOnlyDictionary<(string Work, string Sender), List<SendResult>> samples, IReadOnlyList<string> failures)
{
    public string Write(string machine, string sink)
    {
        var text = new StringBuilder($"# Client floor\n\n{machine}");
        text.Append(CultureInfo.InvariantCulture, $"- {settings.Rounds} rounds of {settings.Time.TotalSeconds} s after {settings.WarmUp.TotalSeconds} s of warm-up, the senders of a work in turn, each a process of its own; medians, with the least and the most in brackets\n");
        text.Append(settings.Core is { } core ? $"- One connection to smtp-sink ({sink}) on core {core}, the sender on another\n" : $"- One connection to smtp-sink ({sink}). **Nothing was pinned to a core**\n");
        text.Append("\n## Goals\n\n| work | measure | measured | goal | verdict |\n|---|---|---:|---:|---|\n");
        text.AppendJoin("", Goals().Select(goal => goal.Row));
        text.Append("\n## Measurements\n\nCPU is that of the sender, all its threads; allocated by all of them.\n\n| work | sender | messages/s | MB/s | CPU µs a message | allocated B a message |\n|---|---|---:|---:|---:|---:|\n");
        text.AppendJoin("", samples.Select(sample => Row(sample.Key.Work, sample.Key.Sender)));
        if (failures.Count > 0)
            text.Append("\n## Not measured\n\n").AppendJoin("", failures.Select(failure => $"- {failure}\n"));
        return text.ToString();
    }

    private IEnumerable<Goal> Goals()
    {
        yield return new(ClientWork.Small, "messages/s × MailKit", GoalSide.AtLeast, 2.5, Ratio(ClientWork.Small, Senders.MailKit));
        yield return new(ClientWork.Small, "CPU µs a message", GoalSide.AtMost, 55, Of(ClientWork.Small, Senders.Feed, result => result.CpuMicros));
        yield return new(ClientWork.Small, "allocated B a message", GoalSide.AtMost, 1, Of(ClientWork.Small, Senders.Feed, result => result.AllocatedPerMessage));
        yield return new(ClientWork.Middle, "messages/s × MailKit, NoDelay", GoalSide.AtLeast, 2, Ratio(ClientWork.Middle, Senders.MailKitNoDelay));
        yield return new(ClientWork.Middle, "messages/s × smtp-source", GoalSide.AtLeast, 1.15, Ratio(ClientWork.Middle, Senders.SmtpSource));
        yield return new(ClientWork.Large, "from a file, allocated KiB a message", GoalSide.AtMost, 64, Of(ClientWork.Large, Senders.Stream, result => result.AllocatedPerMessage / 1024));
    }

    // Round by round: what moves the machine moves both.
    private Spread? Ratio(string work, string other) =>
        Spread.Of(Results(work, Senders.Feed).Zip(Results(work, other), (ours, theirs) => ours.MessagesPerSecond / theirs.MessagesPerSecond));

    private Spread? Of(string work, string sender, Func<SendResult, double> value) => Spread.Of(Results(work, sender).Select(value));

    private List<SendResult> Results(string work, string sender) => samples.GetValueOrDefault((work, sender)) ?? [];

    private string Row(string work, string sender)
    {
        string Spread(Func<SendResult, double> value) => Of(work, sender, value)!.Value.ToString();
        return $"| {work} | {sender} | {Spread(result => result.MessagesPerSecond)} | {Spread(result => result.MegabytesPerSecond)} | {Spread(result => result.CpuMicros)} "
            + $"| {(Results(work, sender)[0].AllocatedPerMessage < 0 ? "–" : Spread(result => result.AllocatedPerMessage))} |\n";
    }
}
