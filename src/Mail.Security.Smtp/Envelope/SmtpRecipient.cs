namespace Mail.Security.Smtp;

/// <summary>One recipient of a message.</summary>
/// <param name="Path">The forward-path (RFC 5321 §4.1.1.3).</param>
public sealed record SmtpRecipient(MailPath Path)
{
    /// <summary>Of what the sender wants to be told (RFC 3461 §4.1).</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>The recipient as the sender named it, or null (RFC 3461 §4.2).</summary>
    public OriginalRecipient? OriginalRecipient { get; init; }
}
