namespace Mail.Security.SenderAuthentication;

/// <summary>Why records cannot be evaluated.</summary>
public enum SpfFault : byte
{
    /// <summary>No reason was recorded.</summary>
    Unspecified = 0,

    /// <summary>A record breaks the grammar (RFC 7208 §4.6).</summary>
    Syntax,

    /// <summary>A domain has several records (RFC 7208 §4.5).</summary>
    SeveralRecords,

    /// <summary>A domain that another includes or redirects to has no record (RFC 7208 §5.2, §6.1).</summary>
    NoRecordThere,

    /// <summary>More than 10 terms ask the DNS (RFC 7208 §4.6.4).</summary>
    LookupLimit,

    /// <summary>Too many terms ask for what does not exist (RFC 7208 §4.6.4).</summary>
    VoidLookupLimit,

    /// <summary>A domain named by an mx mechanism has more than 10 mail exchangers (RFC 7208 §4.6.4).</summary>
    ExchangerLimit,
}
