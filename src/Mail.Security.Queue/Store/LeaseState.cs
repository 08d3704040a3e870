namespace Mail.Security.Queue;

/// <summary>What a store found when the holder of a lease came back.</summary>
public enum LeaseState : byte
{
    /// <summary>The lease ended and someone else took over, or the work is gone. Nothing was written.</summary>
    Lost,

    /// <summary>The lease was held and the operation is done.</summary>
    Held,
}
