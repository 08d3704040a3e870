namespace Mail.Security.Transports;

/// <summary>Whether a session may carry another transaction.</summary>
public enum SessionState : byte
{
    /// <summary>The connection is closed or out of step; only disposal is left.</summary>
    Broken = 0,

    /// <summary>Another transaction may follow; one that did not complete is reset first.</summary>
    Reusable,

    /// <summary>In order, but the server takes no further transaction in this session (LIMITS MAILMAX): close it and open another.</summary>
    Spent,
}
