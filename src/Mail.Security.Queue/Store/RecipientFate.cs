namespace Mail.Security.Queue;

/// <summary>What becomes of a recipient after an attempt.</summary>
public enum RecipientFate : byte
{
    /// <summary>It stays open and is tried again.</summary>
    Retry,

    /// <summary>It is closed without success.</summary>
    Failed,

    /// <summary>It is closed: the remote host took responsibility.</summary>
    Delivered,
}
