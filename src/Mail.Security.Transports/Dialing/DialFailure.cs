namespace Mail.Security.Transports;

/// <summary>Why a connection could not be opened.</summary>
public enum DialFailure : byte
{
    /// <summary>A reason not named below, such as a source address this host does not have.</summary>
    Other = 0,

    /// <summary>Nothing listens at the address and port.</summary>
    Refused,

    /// <summary>There is no route to the address, or this host does not speak its address family.</summary>
    Unreachable,

    /// <summary>No answer within the time limit.</summary>
    Timeout,

    /// <summary>The connection was reset while it was being opened.</summary>
    Reset,
}
