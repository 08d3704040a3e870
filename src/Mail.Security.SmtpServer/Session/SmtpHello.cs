namespace Mail.Security.SmtpServer;

/// <summary>How a client introduced itself (RFC 5321 §4.1.1.1).</summary>
public enum SmtpHello : byte
{
    /// <summary>Not yet: no mail is taken.</summary>
    None,

    /// <summary>With HELO: no extension may be used.</summary>
    Helo,

    /// <summary>With EHLO: the announced extensions may be used.</summary>
    Ehlo,
}
