using System.Globalization;

namespace Mail.Security.SmtpServer;

/// <summary>The answer to EHLO: what this server offers in the state the channel is in.</summary>
internal static class EhloReply
{
    private const int LargestLimit = 999_999;       // RFC 9422 has room for six digits; who keeps to these keeps to any limit beyond them

    public static IReadOnlyList<string> Lines(SmtpServerOptions options, SmtpSessionInfo session, SessionState state)
    {
        var lines = new List<string>
        {
            "PIPELINING",
            string.Create(CultureInfo.InvariantCulture, $"SIZE {options.MaxMessageSize}"),     // RFC 1870 §3: 0 = no limit
            "ENHANCEDSTATUSCODES",
            "8BITMIME",
            "SMTPUTF8",
        };
        if ((options.Features & SmtpServerFeatures.Chunking) != 0)
            lines.Add("CHUNKING");
        if ((options.Features & SmtpServerFeatures.BinaryMime) != 0)
            lines.Add("BINARYMIME");
        if ((options.Features & SmtpServerFeatures.Dsn) != 0)
            lines.Add("DSN");
        if ((options.Features & SmtpServerFeatures.Limits) != 0 && Limits(options) is { } limits)
            lines.Add(limits);
        if (session.Authentication is null && AuthCommand.Offer(state, session, options) is { Count: > 0 } mechanisms)
            lines.Add($"AUTH {string.Join(' ', mechanisms)}");                                 // RFC 4954 §3
        if (state.Xclient == XclientRight.Granted)
            lines.Add(XclientCommand.EhloLine);
        if (options.Tls is not null && session.Tls is null)
            lines.Insert(2, "STARTTLS");                                                       // RFC 3207 §4.2: never under TLS
        foreach (var extension in options.Extensions)
        {
            if (extension.GetEhloLine(session.Channel) is { } line)
                lines.Add(line);
        }
        return lines;
    }

    private static string? Limits(SmtpServerOptions options)
    {
        (string Name, int Value)[] limits = [("RCPTMAX", options.MaxRecipients), ("MAILMAX", options.MaxTransactions), ("RCPTDOMAINMAX", options.MaxRecipientDomains)];
        var line = string.Concat(limits.Where(static limit => limit.Value > 0).Select(static limit => string.Create(CultureInfo.InvariantCulture, $" {limit.Name}={Math.Min(limit.Value, LargestLimit)}")));
        return line.Length > 0 ? $"LIMITS{line}" : null;
    }
}
