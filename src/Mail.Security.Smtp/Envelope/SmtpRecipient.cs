namespace Mail.Security.Smtp;

/// <summary>One recipient of a message.</summary>
/// <param name="Path">The forward-path (RFC 5321 §4.1.1.3).</param>
public sealed record SmtpRecipient(MailPath Path);
