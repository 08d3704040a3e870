using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>What became of the wish to set a transport. A closed set of cases.</summary>
public abstract record TransportChange
{
    private protected TransportChange()
    {
    }

    /// <summary>It is set, and durable.</summary>
    public sealed record Done : TransportChange;

    /// <summary>There is no such transport; nothing was changed.</summary>
    /// <param name="Known">Those there are.</param>
    public sealed record NoSuchTransport(IReadOnlyList<TransportName> Known) : TransportChange;

    /// <summary>The message is not queued, or not any more.</summary>
    public sealed record NoSuchMessage : TransportChange;

    /// <summary>The store could not do it; nothing was changed.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">The same in a few words, for people.</param>
    public sealed record Unavailable(StoreFailure Reason, string Detail) : TransportChange;
}
