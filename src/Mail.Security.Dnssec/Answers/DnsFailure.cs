namespace Mail.Security.Dnssec;

/// <summary>Why there is no answer. Every value means "not known", none means "does not exist": a mail sender defers.</summary>
public enum DnsFailure : byte
{
    /// <summary>No reason was recorded.</summary>
    Unspecified,

    /// <summary>No server answered in time, in any attempt.</summary>
    Timeout,

    /// <summary>No server could be reached: refused or unreachable port, broken connection, or no server is configured.</summary>
    Network,

    /// <summary>The server answered SERVFAIL without blaming DNSSEC, or an rcode without a case of its own.</summary>
    ServerFailure,

    /// <summary>The answer should be proven and is not: by the validation here (RFC 4035 §4.3), whichever server was asked, or by the server, which answered SERVFAIL with an extended error that blames DNSSEC (RFC 8914 §4).</summary>
    Bogus,

    /// <summary>The server answered REFUSED.</summary>
    Refused,

    /// <summary>The server answered NOTIMP.</summary>
    NotImplemented,

    /// <summary>The answer cannot be read, or every record in it is unreadable, or the server calls our query malformed (FORMERR).</summary>
    Malformed,

    /// <summary>What came back belongs to another question: wrong identifier, name, type or class.</summary>
    Mismatched,

    /// <summary>The aliases lead back to a name already visited.</summary>
    AliasLoop,

    /// <summary>There are more aliases in a row than the resolver follows.</summary>
    AliasLimit,

    /// <summary>Answers are to be validated here, and no server passes DNSSEC records on (RFC 4035 §4.6): signatures, or the NSEC and NSEC3 records that prove an absence. The detail says which; ask one that does.</summary>
    UpstreamNotDnssecCapable,
}
