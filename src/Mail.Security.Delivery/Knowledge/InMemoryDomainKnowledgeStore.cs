namespace Mail.Security.Delivery;

/// <summary>A store that forgets everything with the process, of bounded size: beyond it, what was set or asked for longest ago is dropped.</summary>
public sealed class InMemoryDomainKnowledgeStore : IDomainKnowledgeStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RecipientDomain, LinkedListNode<(RecipientDomain Domain, DomainKnowledge Knowledge)>> _entries = [];
    private readonly LinkedList<(RecipientDomain Domain, DomainKnowledge Knowledge)> _byUse = [];
    private readonly int _capacity;

    /// <summary>Makes an empty store.</summary>
    /// <param name="capacity">How many domains are kept at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1.</exception>
    public InMemoryDomainKnowledgeStore(int capacity = 10_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public ValueTask<DomainKnowledge?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(domain, out var node))
                return ValueTask.FromResult<DomainKnowledge?>(null);
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return ValueTask.FromResult<DomainKnowledge?>(node.Value.Knowledge);
        }
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(RecipientDomain domain, DomainKnowledge knowledge, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(knowledge);
        lock (_gate)
        {
            if (_entries.Remove(domain, out var former))
                _byUse.Remove(former);
            else if (_entries.Count == _capacity)
                DropOldest();
            _entries.Add(domain, _byUse.AddLast((domain, knowledge)));
        }
        return ValueTask.CompletedTask;
    }

    private void DropOldest()
    {
        _entries.Remove(_byUse.First!.Value.Domain);
        _byUse.RemoveFirst();
    }
}
