namespace Mail.Security;

/// <summary>Why a text is not a <see cref="DomainName"/>.</summary>
public enum DomainNameFault : byte
{
    /// <summary>The text is a domain name.</summary>
    None = 0,

    /// <summary>The text is null or empty.</summary>
    Empty,

    /// <summary>Two dots stand together, or the name begins with a dot.</summary>
    EmptyLabel,

    /// <summary>The name ends with a dot; names of this type are always absolute and never written so.</summary>
    TrailingDot,

    /// <summary>A label is longer than 63 octets as an A-label (RFC 1035 §2.3.4).</summary>
    LabelTooLong,

    /// <summary>The name is longer than 253 octets as A-labels, so that it has no wire form of 255 octets (RFC 1035 §2.3.4).</summary>
    NameTooLong,

    /// <summary>A character is not a letter, a digit, a hyphen or, where admitted, an underscore.</summary>
    InvalidCharacter,

    /// <summary>A label begins or ends with a hyphen (RFC 1123 §2.1).</summary>
    HyphenAtLabelEdge,

    /// <summary>The text is an IPv4 or IPv6 address, bracketed or not.</summary>
    IpAddress,

    /// <summary>The last label is a decimal or hexadecimal number, so that the text could be taken for an address (RFC 1123 §2.1).</summary>
    NumericTopLabel,

    /// <summary>A label is no valid internationalized label: it cannot be mapped, or an A-label does not decode to what it was made of (RFC 5891 §5.4).</summary>
    InvalidIdna,
}
