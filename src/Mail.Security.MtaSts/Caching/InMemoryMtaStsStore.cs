namespace Mail.Security.MtaSts;

/// <summary>
/// A store that forgets everything with the process, of bounded size: beyond its number of domains, or 16,777,216 characters of policy
/// text in all, the entries unused for longest are dropped.
/// </summary>
public sealed class InMemoryMtaStsStore : IMtaStsStore
{
    // Ten thousand policies of 64 KiB, which strangers may serve, would be gigabytes. A usual policy has 150 characters.
    private const long MaxCharacters = 16 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<RecipientDomain, LinkedListNode<CachedMtaStsPolicy>> entries = [];
    private readonly LinkedList<CachedMtaStsPolicy> byUse = [];
    private readonly int capacity;
    private long characters;

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
            characters += entry.Policy.Text.Length;
            while (entries.Count > 0 && (entries.Count == capacity || characters > MaxCharacters))
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
        if (!entries.Remove(domain, out var node))
            return;
        byUse.Remove(node);
        characters -= node.Value.Policy.Text.Length;
    }
}
