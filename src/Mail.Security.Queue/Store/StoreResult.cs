namespace Mail.Security.Queue;

/// <summary>What came of one operation on a store: either it is durable, or nothing of it was written.</summary>
/// <typeparam name="T">What the operation gives.</typeparam>
public abstract record StoreResult<T>
{
    private protected StoreResult()
    {
    }

    /// <summary>The operation is committed; it survives the end of the process and a loss of power.</summary>
    /// <param name="Value">What the operation gives.</param>
    public sealed record Stored(T Value) : StoreResult<T>;

    /// <summary>The store could not do it now and nothing of it was written. A server answers 452 4.3.1 or 451 4.3.0; a scheduler waits and tries again.</summary>
    /// <param name="Reason">What is wrong, for a decision.</param>
    /// <param name="Detail">What is wrong, for people: names no message, no address and no content.</param>
    public sealed record Unavailable(StoreFailure Reason, string Detail) : StoreResult<T>;
}
