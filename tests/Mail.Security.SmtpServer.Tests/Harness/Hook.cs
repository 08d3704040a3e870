namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>The places where a session calls the user's code.</summary>
public enum Hook
{
    Connect,
    Hello,
    Mail,
    Recipient,
    Data,
    Write,
    Complete,
    Dispose,
}
