namespace Mail.Security.Queue;

/// <summary>What a store found of a message that was named.</summary>
public enum MessageState : byte
{
    /// <summary>It is not queued, or not any more. Nothing was written.</summary>
    Gone = 0,

    /// <summary>It is queued, and the operation is done.</summary>
    Queued,
}
