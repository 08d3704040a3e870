namespace Mail.Security.Smtp;

/// <summary>That a message is to be held, and until when (RFC 4865 §3).</summary>
/// <param name="Until">Not before this moment may it be released; by this server's clock.</param>
/// <param name="Request">What was asked for, as the Future-Release-Request field of a notification names it: "for;3600" or "until;2030-01-01T00:00:00Z" (RFC 4865 §5.1.2).</param>
public sealed record FutureRelease(DateTimeOffset Until, string Request);
