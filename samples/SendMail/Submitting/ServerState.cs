namespace SendMail.Submitting;

/// <summary>Whether a session with the server came about.</summary>
internal enum ServerState : byte
{
    /// <summary>It did not, and will not for the next message.</summary>
    NotReached = 0,

    /// <summary>It did.</summary>
    Reached,
}
