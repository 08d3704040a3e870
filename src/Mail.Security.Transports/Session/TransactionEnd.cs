namespace Mail.Security.Transports;

/// <summary>How a transaction left the connection.</summary>
internal enum TransactionEnd : byte
{
    /// <summary>At its start: nothing to reset.</summary>
    Clean = 0,

    /// <summary>In step, but the server still holds an envelope.</summary>
    NeedsReset,

    /// <summary>In step, and the message was not looked at: its envelope came too early for this server. It goes again, behind RSET.</summary>
    CameTooEarly,

    /// <summary>Closed or out of step.</summary>
    Broken,
}
