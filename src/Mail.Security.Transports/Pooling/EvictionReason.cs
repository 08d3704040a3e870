namespace Mail.Security.Transports;

/// <summary>Why a session leaves the pool.</summary>
internal enum EvictionReason : byte
{
    /// <summary>It failed in somebody's hands, or he gave up.</summary>
    Broken = 0,

    /// <summary>The server said goodbye, or something unasked, or was gone while the session was idle.</summary>
    Gone,

    /// <summary>Nobody wanted it for too long.</summary>
    Idle,

    /// <summary>It was opened too long ago, or the certificate has ended.</summary>
    Age,

    /// <summary>It has carried as many transactions as it may.</summary>
    Transactions,

    /// <summary>Its place was needed.</summary>
    Room,

    /// <summary>The user closed it.</summary>
    Closed,

    /// <summary>The pool ends.</summary>
    Shutdown,
}
