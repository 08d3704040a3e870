namespace Mail.Security.Dnssec;

/// <summary>When a server is asked, beside others: those that stand equal in the order that was configured.</summary>
internal enum ServerStanding : byte
{
    /// <summary>First.</summary>
    Good,

    /// <summary>Behind those: it did not answer lately, or not with what could be proven where another did.</summary>
    Doubtful,

    /// <summary>Last: it strips DNSSEC records.</summary>
    Strips,
}
