using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>A peer's actions in the short form of the tables, and the moments seen from outside.</summary>
internal static class Act
{
    /// <summary>"CLOSE", "RESET", "STALL", "RAW bytes", "reply CLOSE" or a reply.</summary>
    public static SmtpPeerAction Read(string does) => does switch
    {
        "CLOSE" => new SmtpPeerAction.Close(),
        "RESET" => new SmtpPeerAction.Reset(),
        "STALL" => new SmtpPeerAction.Stall(),
        _ when does.StartsWith("RAW ", StringComparison.Ordinal) => new SmtpPeerAction.Raw(does[4..]),
        _ when does.EndsWith(" CLOSE", StringComparison.Ordinal) => new SmtpPeerAction.ReplyAndClose(does[..^6]),
        _ => new SmtpPeerAction.Reply(does),
    };

    /// <summary>Whether the peer has read what it answers at this moment, for the given number of recipients.</summary>
    public static bool HasReached(SmtpPeerRecord record, SmtpPeerMoment moment, int recipients = 1) => moment switch
    {
        SmtpPeerMoment.Mail => record.Commands.Any(command => command.StartsWith("MAIL", StringComparison.Ordinal)),
        SmtpPeerMoment.Recipient => record.Commands.Count(command => command.StartsWith("RCPT", StringComparison.Ordinal)) == recipients,
        SmtpPeerMoment.Data => record.Commands.Contains("DATA"),
        _ => record.Messages.Count == 1,
    };
}
