using System.Globalization;

namespace Mail.Security.SmtpServer;

/// <summary>The answer to EHLO: what this server offers in the state the channel is in.</summary>
internal static class EhloReply
{
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
        if ((options.Features & SmtpServerFeatures.Limits) != 0)
            lines.Add(Limits(options));
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

    private static string Limits(SmtpServerOptions options)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"LIMITS RCPTMAX={options.MaxRecipients}");
        if (options.MaxTransactions > 0)
            line += string.Create(CultureInfo.InvariantCulture, $" MAILMAX={options.MaxTransactions}");
        if (options.MaxRecipientDomains > 0)
            line += string.Create(CultureInfo.InvariantCulture, $" RCPTDOMAINMAX={options.MaxRecipientDomains}");
        return line;
    }
}
