namespace Mail.Security.SmtpServer;

/// <summary>How a session ended.</summary>
/// <param name="Reason">Why it is over.</param>
/// <param name="AcceptedMessages">How many messages were accepted.</param>
/// <param name="Detail">A sentence for the log; empty when the reason says it all. Holds no message content.</param>
public sealed record SessionEnd(SessionEndReason Reason, int AcceptedMessages, string Detail);
