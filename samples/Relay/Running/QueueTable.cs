using System.Globalization;
using Mail.Security.Queue;

namespace Relay.Running;

/// <summary>Writes entries of the queue for people: one line each, or all that is known.</summary>
internal sealed class QueueTable(TextWriter output, TimeProvider time)
{
    private static readonly string[] Head = ["message", "domain", "recipients", "attempts", "next", "why"];

    /// <summary>One line for each.</summary>
    public void Write(IReadOnlyList<QueueEntry> entries)
    {
        if (entries.Count == 0)
        {
            output.WriteLine("Nothing waits.");
            return;
        }
        var rows = entries.Select(entry => (string[])[entry.MessageId.ToString(), entry.Domain.ToString(), Number(entry.Recipients.Count), Number(entry.Attempts), Next(entry), Why(entry)]).Prepend(Head).ToList();
        var widths = Enumerable.Range(0, Head.Length - 1).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            output.WriteLine(string.Concat(widths.Select((width, column) => row[column].PadRight(width + 2))) + row[^1]);
    }

    /// <summary>All that is known of each, with the explanation of its last attempt; false when there is none.</summary>
    public bool WriteAll(IReadOnlyList<QueueEntry> entries)
    {
        foreach (var entry in entries)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"message {entry.MessageId} from <{entry.ReversePath}>, {entry.Size} bytes, received {entry.Received:u}, for {entry.Domain}; attempts {entry.Attempts}, next {Next(entry)}"));
            foreach (var recipient in entry.Recipients)
                output.WriteLine($"  <{recipient.Recipient}>{(recipient.Status is { } status ? $" {status} {recipient.Detail}" : " not tried yet")}");
            if (entry.Explanation.Length > 0)
                output.WriteLine($"  {entry.Explanation.Replace("\n", "\n  ", StringComparison.Ordinal)}");
        }
        if (entries.Count == 0)
            output.WriteLine("Nothing of it waits: it was delivered, returned, or never here.");
        return entries.Count > 0;
    }

    // Recipients of one domain mostly wait for the same reason.
    private static string Why(QueueEntry entry)
    {
        var said = entry.Recipients.Where(static recipient => recipient.Status is not null).ToList();
        if (said.Count == 0)
            return "not tried yet";
        var others = entry.Recipients.Count(recipient => recipient.Detail != said[0].Detail);
        return $"{said[0].Status} {said[0].Detail}{(others > 0 ? string.Create(CultureInfo.InvariantCulture, $" (and {others} for other reasons)") : "")}";
    }

    private string Next(QueueEntry entry) => entry.LeaseOwner is not null ? "in work" : entry.Due <= time.GetUtcNow() ? "now" : entry.Due.ToString("u", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
