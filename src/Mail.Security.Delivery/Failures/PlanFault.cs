namespace Mail.Security.Delivery;

/// <summary>What can be wrong with a way to a domain before anything is dialed, found by the planner itself.</summary>
internal enum PlanFault : byte
{
    /// <summary>The domain accepts no mail (RFC 7505 §3).</summary>
    NullMx = 0,

    /// <summary>The domain does not exist.</summary>
    NoSuchDomain,

    /// <summary>The domain has neither mail exchangers nor addresses.</summary>
    NoMailHost,

    /// <summary>A mail exchanger has no address.</summary>
    NoAddress,

    /// <summary>The MTA-STS policy in mode enforce does not name the host (RFC 8461 §4.1).</summary>
    MtaStsMismatch,

    /// <summary>Another attempt took the last host before anything could be tried.</summary>
    NothingTried,
}
