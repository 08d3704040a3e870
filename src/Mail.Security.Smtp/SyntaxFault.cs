namespace Mail.Security.Smtp;

/// <summary>Why bytes on the wire were refused.</summary>
public enum SyntaxFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The line, or the whole multi-line reply, is longer than the limit (RFC 5321 §4.5.3.1.4, §4.5.3.1.5).</summary>
    LineTooLong = 1,

    /// <summary>A line feed that no carriage return precedes: never a line end (RFC 5321 §2.3.8).</summary>
    BareLineFeed = 2,

    /// <summary>A carriage return that no line feed follows (RFC 5321 §2.3.8).</summary>
    BareCarriageReturn = 3,

    /// <summary>A zero byte.</summary>
    NulByte = 4,

    /// <summary>A byte above 127 where only ASCII may stand.</summary>
    NonAscii = 5,

    /// <summary>The argument does not begin with "FROM:" or "TO:" (RFC 5321 §4.1.1.2, §4.1.1.3).</summary>
    MissingPathKeyword = 6,

    /// <summary>The path is not between "&lt;" and "&gt;" (RFC 5321 §4.1.2).</summary>
    MissingAngleBrackets = 7,

    /// <summary>A parameter is not "keyword" or "keyword=value", or does not follow the path after a space (RFC 5321 §4.1.2).</summary>
    BadParameter = 8,

    /// <summary>The same parameter keyword is given twice.</summary>
    DuplicateParameter = 9,

    /// <summary>More parameters than <see cref="SmtpParameters.MaxCount"/>.</summary>
    TooManyParameters = 10,

    /// <summary>A reply line does not begin with a code from 200 to 599 and an end, a space or a hyphen (RFC 5321 §4.2).</summary>
    BadReplyCode = 11,

    /// <summary>The lines of one reply carry different codes (RFC 5321 §4.2.1).</summary>
    MixedReplyCodes = 12,

    /// <summary>The message content is larger than the limit given to the decoder (RFC 1870 §6.3).</summary>
    ContentTooLarge = 13,

    /// <summary>The argument of BDAT is not a decimal size and an optional "LAST" (RFC 3030 §2).</summary>
    BadChunkSize = 14,
}
