namespace Mail.Security;

/// <summary>Why a text is not a <see cref="MailPath"/>.</summary>
public enum MailPathFault : byte
{
    /// <summary>The text is a path.</summary>
    None = 0,

    /// <summary>The text is empty where an address is needed.</summary>
    Empty,

    /// <summary>The path is longer than 256 octets, the angle brackets counted (RFC 5321 §4.5.3.1.3).</summary>
    TooLong,

    /// <summary>The bytes are not well-formed UTF-8, the characters not well-formed UTF-16, or one is U+FFFD or a noncharacter such as U+FFFE.</summary>
    InvalidEncoding,

    /// <summary>A control character, CR, LF or NUL among them, or a line or paragraph separator.</summary>
    ControlCharacter,

    /// <summary>A source route is malformed (RFC 5321 §4.1.2).</summary>
    InvalidSourceRoute,

    /// <summary>The local part is neither a dot-string nor a quoted string.</summary>
    InvalidLocalPart,

    /// <summary>The local part is longer than 128 octets as sent: twice the 64 of RFC 5321 §4.5.3.1.1, because longer ones are in use.</summary>
    LocalPartTooLong,

    /// <summary>Nothing follows the local part.</summary>
    MissingDomain,

    /// <summary>What follows '@' is no domain name.</summary>
    InvalidDomain,

    /// <summary>What follows '@' in brackets is no IPv4 or IPv6 address literal (RFC 5321 §4.1.3).</summary>
    InvalidAddressLiteral,
}
