namespace Mail.Security.Smtp;

/// <summary>What an extension did with a parameter.</summary>
public enum SmtpParameterHandling : byte
{
    /// <summary>The parameter belongs to somebody else: ask the next extension. One that belongs to nobody is refused with 555.</summary>
    NotMine = 0,

    /// <summary>The parameter was understood, and the envelope has it.</summary>
    Accepted = 1,

    /// <summary>The command must be refused.</summary>
    Refused = 2,
}
