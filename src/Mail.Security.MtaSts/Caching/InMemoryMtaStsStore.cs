namespace Mail.Security.MtaSts;

/// <summary>A store that forgets everything with the process, of bounded size: beyond it the entry unused for longest is dropped.</summary>
public sealed class InMemoryMtaStsStore : IMtaStsStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<RecipientDomain, LinkedListNode<CachedMtaStsPolicy>> entries = [];
    private readonly LinkedList<CachedMtaStsPolicy> byUse = [];
    private readonly int capacity;

    /// <summary>Creates an empty store.</summary>
    /// <param name="capacity">How many domains are kept at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    public InMemoryMtaStsStore(int capacity = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        this.capacity = capacity;
    }

    /// <inheritdoc/>
    public ValueTask<CachedMtaStsPolicy?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(domain, out var node))
                return ValueTask.FromResult<CachedMtaStsPolicy?>(null);
            byUse.Remove(node);
            byUse.AddLast(node);
            return ValueTask.FromResult<CachedMtaStsPolicy?>(node.Value);
        }
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(CachedMtaStsPolicy entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (gate)
        {
            Remove(entry.Domain);
            if (entries.Count == capacity)
                Remove(byUse.First!.Value.Domain);
            entries.Add(entry.Domain, byUse.AddLast(entry));
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        lock (gate)
            Remove(domain);
        return ValueTask.CompletedTask;
    }

    private void Remove(RecipientDomain domain)
    {
        if (entries.Remove(domain, out var node))
            byUse.Remove(node);
    }
}
