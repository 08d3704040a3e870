namespace Mail.Security.Delivery;

/// <summary>How sending a message over one session ended.</summary>
internal enum CarryEnd : byte
{
    /// <summary>All that this session can do is done, and noted on the board.</summary>
    Carried,

    /// <summary>The session, used before, was gone: it failed before the server had heard of the message, and nobody is noted on the board.</summary>
    Gone,

    /// <summary>Some were sent, and the server takes the others in another session only.</summary>
    LeftSome,
}
