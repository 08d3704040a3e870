namespace Mail.Security.Transports;

/// <summary>How a transaction left the connection.</summary>
internal enum TransactionEnd : byte
{
    /// <summary>At its start: nothing to reset.</summary>
    Clean = 0,

    /// <summary>In step, but the server still holds an envelope.</summary>
    NeedsReset,

    /// <summary>Closed or out of step.</summary>
    Broken,
}
