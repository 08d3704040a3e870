using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What became of a whole message.</summary>
public abstract record SmtpSubmissionResult
{
    private protected SmtpSubmissionResult()
    {
    }

    /// <summary>The message is durable and this system answers for it: 250 2.0.0.</summary>
    /// <param name="Text">Text after the status, such as "queued as 4F2A". Printable ASCII, at most 450 characters; anything else in it is replaced.</param>
    public sealed record Accepted(string Text) : SmtpSubmissionResult;

    /// <summary>The message was not taken and nothing is left of it.</summary>
    /// <param name="Refusal">The reply, 4xx or 5xx.</param>
    public sealed record Refused(SmtpRefusal Refusal) : SmtpSubmissionResult;
}
