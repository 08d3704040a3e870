namespace Mail.Security.Smtp;

/// <summary>The command verbs the suite knows; case is ignored on the wire (RFC 5321 §2.4).</summary>
public enum SmtpVerb : byte
{
    /// <summary>Any other word; <see cref="SmtpCommand.Keyword"/> has it.</summary>
    Unknown = 0,

    /// <summary>EHLO (RFC 5321 §4.1.1.1).</summary>
    Ehlo = 1,

    /// <summary>HELO (RFC 5321 §4.1.1.1).</summary>
    Helo = 2,

    /// <summary>MAIL (RFC 5321 §4.1.1.2).</summary>
    Mail = 3,

    /// <summary>RCPT (RFC 5321 §4.1.1.3).</summary>
    Rcpt = 4,

    /// <summary>DATA (RFC 5321 §4.1.1.4).</summary>
    Data = 5,

    /// <summary>BDAT (RFC 3030 §2).</summary>
    Bdat = 6,

    /// <summary>RSET (RFC 5321 §4.1.1.5).</summary>
    Rset = 7,

    /// <summary>NOOP (RFC 5321 §4.1.1.9).</summary>
    Noop = 8,

    /// <summary>QUIT (RFC 5321 §4.1.1.10).</summary>
    Quit = 9,

    /// <summary>HELP (RFC 5321 §4.1.1.8).</summary>
    Help = 10,

    /// <summary>VRFY (RFC 5321 §4.1.1.6).</summary>
    Vrfy = 11,

    /// <summary>EXPN (RFC 5321 §4.1.1.7).</summary>
    Expn = 12,

    /// <summary>STARTTLS (RFC 3207 §4).</summary>
    StartTls = 13,

    /// <summary>AUTH (RFC 4954 §4).</summary>
    Auth = 14,
}
