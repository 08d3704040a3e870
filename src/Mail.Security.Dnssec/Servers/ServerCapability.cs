namespace Mail.Security.Dnssec;

/// <summary>What a server was found to be good for.</summary>
public enum ServerCapability : byte
{
    /// <summary>It does not answer, or cannot be reached.</summary>
    NoAnswer,

    /// <summary>It answers with an error, or with octets that cannot be read.</summary>
    Failing,

    /// <summary>It cuts off what does not fit a datagram, and cannot be asked over TCP (RFC 7766 §5).</summary>
    NoTcp,

    /// <summary>Answers are to be validated here, and it passes no DNSSEC records on (RFC 4035 §4.6): no signatures, or none of the records that prove an absence.</summary>
    StripsDnssec,

    /// <summary>Its AD bit is believed, and it does not set it where it should: it does not validate.</summary>
    NotValidating,

    /// <summary>It does what is asked of it.</summary>
    Capable,
}
