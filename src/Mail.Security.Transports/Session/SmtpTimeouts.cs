namespace Mail.Security.Transports;

/// <summary>How long each wait of a session may take; the defaults are the minimums of RFC 5321 §4.5.3.2.</summary>
/// <remarks>A limit covers a whole reply, not one read: a server that drips bytes gains no time by it. Every value is positive and at most a day.</remarks>
public sealed record SmtpTimeouts
{
    /// <summary>The limits with their default values.</summary>
    public static SmtpTimeouts Default { get; } = new();

    // A longer one is a mistake, and no timer takes the longest of them.
    internal static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    /// <summary>The greeting after the connection stands; 5 minutes (RFC 5321 §4.5.3.2.1).</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The reply to EHLO, HELO, STARTTLS and RSET; 5 minutes.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The TLS handshake; 1 minute.</summary>
    public TimeSpan TlsHandshake { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Each reply of a login, and each step of it on this side, such as getting a token; 2 minutes.</summary>
    public TimeSpan Authentication { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The reply to MAIL; 5 minutes (RFC 5321 §4.5.3.2.2).</summary>
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The reply to each RCPT; 5 minutes (RFC 5321 §4.5.3.2.3).</summary>
    public TimeSpan Recipient { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The 354 after DATA; 2 minutes (RFC 5321 §4.5.3.2.4).</summary>
    public TimeSpan DataInitiation { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The sending of each block of content; 3 minutes (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The reply to the final dot; 10 minutes: giving up early is how messages are delivered twice (RFC 5321 §4.5.3.2.6).</summary>
    public TimeSpan DataTermination { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The goodbye: the reply to QUIT, and the search for a last reply after a failed write; 5 seconds.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);
}
