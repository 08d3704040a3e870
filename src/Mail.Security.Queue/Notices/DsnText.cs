using System.Globalization;
using System.Text;

namespace Mail.Security.Queue;

/// <summary>The first part of a notice: what happened, what happens next and what the sender can do, in words.</summary>
internal static class DsnText
{
    private const int ShownAttempts = 5;
    private const int MaxReply = 2000;

    public static string Write(DsnRequest request, DomainName reportingHost)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"This is the mail system at {reportingHost.Unicode}. It accepted a message from you at {Instant(request.Received)}.");
        var failed = request.Recipients.Where(recipient => recipient.Action == DsnAction.Failed).ToList();
        var delayed = request.Recipients.Where(recipient => recipient.Action == DsnAction.Delayed).ToList();
        if (failed.Count > 0)
            Failed(text, failed);
        if (delayed.Count > 0)
            Delayed(text, request, delayed);
        var relayed = request.Recipients.Where(recipient => recipient.Action == DsnAction.Relayed).ToList();
        if (relayed.Count > 0)
            Relayed(text, relayed);
        if (request.Explanation.Length > 0)
        {
            text.AppendLine().AppendLine("EXPLANATION OF THE LAST ATTEMPT").AppendLine();
            foreach (var line in request.Explanation.Split('\n'))
                text.Append("  ").AppendLine(Clean(line.TrimEnd(), MaxReply, keepIndent: true));
        }
        return text.ToString();
    }

    /// <summary>A length of time in its largest whole unit.</summary>
    public static string Duration(TimeSpan span)
    {
        var (count, unit) = span switch
        {
            { Hours: 0, Minutes: 0, Seconds: 0, Days: > 0 } => (span.Days, "day"),
            { Minutes: 0, Seconds: 0, TotalHours: >= 1 } => ((int)span.TotalHours, "hour"),
            { Seconds: 0, TotalMinutes: >= 1 } => ((int)span.TotalMinutes, "minute"),
            _ => ((int)Math.Ceiling(span.TotalSeconds), "second"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
    }

    /// <summary>Text of unknown origin in one line: control characters become spaces, lone surrogates question marks.</summary>
    public static string Clean(string text, int max, bool keepIndent = false)
    {
        var clean = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= max)
                break;
            clean.Append(Rune.IsControl(rune) ? " " : rune == Rune.ReplacementChar ? "?" : rune.ToString());
        }
        return keepIndent ? clean.ToString() : clean.ToString().Trim();
    }

    private static void Failed(StringBuilder text, List<DsnRecipient> recipients)
    {
        text.AppendLine().AppendLine("NOT DELIVERED, AND NOT TRIED AGAIN").AppendLine();
        foreach (var recipient in recipients)
            Recipient(text, recipient);
        text.AppendLine("What you can do:");
        foreach (var advice in recipients.Select(Advice).Distinct(StringComparer.Ordinal))
            text.Append("  ").AppendLine(advice);
    }

    private static void Relayed(StringBuilder text, List<DsnRecipient> recipients)
    {
        text.AppendLine().AppendLine("HANDED ON TO ANOTHER MAIL SYSTEM").AppendLine();
        foreach (var recipient in recipients)
            Recipient(text, recipient);
        text.AppendLine("From here on only that system can tell of a delivery, if it does so at all. This is the last you hear of it from here.");
    }

    private static void Delayed(StringBuilder text, DsnRequest request, List<DsnRecipient> recipients)
    {
        text.AppendLine().AppendLine("NOT DELIVERED YET, STILL BEING TRIED").AppendLine();
        foreach (var recipient in recipients)
            Recipient(text, recipient);
        text.AppendLine("What happens next:");
        text.AppendLine("  You need not do anything and need not send the message again.");
        var shown = request.Upcoming.Take(ShownAttempts).ToList();
        if (shown.Count == 0)
            return;
        text.AppendLine("  The next attempts are made at about:");
        foreach (var attempt in shown)
            text.Append("    ").AppendLine(Instant(attempt));
        if (request.Upcoming.Count > shown.Count)
            text.AppendLine(CultureInfo.InvariantCulture, $"    and {request.Upcoming.Count - shown.Count} more after that.");
        text.AppendLine(CultureInfo.InvariantCulture, $"  If none succeeds until {Instant(request.Upcoming[^1])}, the message is given up and you are told.");
    }

    private static void Recipient(StringBuilder text, DsnRecipient recipient)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"<{recipient.Recipient}> (status {recipient.Status})");
        text.Append("  ").AppendLine(Clean(recipient.Sentence, MaxReply));
        if (recipient.RemoteReply is { } reply)
        {
            text.AppendLine(recipient.RemoteMta is { Length: > 0 } host ? $"  The host {Clean(host, MaxReply)} replied:" : "  The remote host replied:");
            foreach (var line in reply.Lines.Count == 0 ? [""] : reply.Lines)
                text.AppendLine(CultureInfo.InvariantCulture, $"    {reply.Code} {Clean(line, MaxReply)}");
        }
        text.AppendLine();
    }

    // RFC 3463 §3 names the subjects, RFC 8689 §4.2.1 the two statuses of REQUIRETLS.
    private static string Advice(DsnRecipient recipient) => recipient.Status switch
    {
        { Subject: 7, Detail: 30 or 10 } => "The message demands verified TLS on its whole way (REQUIRETLS), which this recipient's hosts do not offer. Send it without that demand, or by another way.",
        { Subject: 1 } => "Check the address of the recipient, and send the message to the right one.",
        { Subject: 2 } => "The recipient's mailbox cannot take the message. Reach the recipient by another way.",
        { Subject: 3, Detail: 4 } => "The message is larger than the recipient's hosts accept. Send it smaller.",
        { Subject: 7 } => "The message was refused, or could not be protected, by policy. Pass this report on to the postmaster of the recipient's domain.",
        { Class: 4 } => "The trouble may be over by now: send the message again. If it comes back, pass this report on to the postmaster of the recipient's domain.",
        _ => "Pass this report on to the postmaster of the recipient's domain.",
    };

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
