namespace Mail.Security.Queue;

/// <summary>Whether a sender was told that a message is delayed; it happens once for each message and domain.</summary>
public enum DelayNotice : byte
{
    /// <summary>Not yet.</summary>
    NotSent,

    /// <summary>A notice is queued or was sent, or was due where nobody was to be told.</summary>
    Sent,
}
