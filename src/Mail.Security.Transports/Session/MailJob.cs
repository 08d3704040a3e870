using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What a transaction sends; the recipients are on the outcome board.</summary>
internal sealed record MailJob(MailPath ReversePath, SmtpParameterList Parameters, MessageContent Content, Flight Flight);

/// <summary>Whether commands wait for the reply to the one before.</summary>
internal enum Flight : byte
{
    LockStep = 0,
    Pipelined,
}
