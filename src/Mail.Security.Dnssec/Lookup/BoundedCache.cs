using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Dnssec;

/// <summary>Keeps values for as long as each may be kept, and at most so many; the one not used for longest goes first. Not for use by several callers at once.</summary>
internal sealed class BoundedCache<TKey, TValue>(int maxEntries, TimeProvider time)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    public int Count => _entries.Count;

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!_entries.TryGetValue(key, out var node))
            return false;
        if (time.GetElapsedTime(node.Value.Since) >= node.Value.Keep)
        {
            Remove(node);
            return false;
        }
        if (!ReferenceEquals(_byUse.First, node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
        value = node.Value.Value;
        return true;
    }

    /// <summary>Keeps a value in place of the one before; one without time is not kept.</summary>
    public void Put(TKey key, TValue value, long since, TimeSpan keep)
    {
        if (_entries.TryGetValue(key, out var old))
            Remove(old);
        if (maxEntries == 0 || keep <= TimeSpan.Zero)
            return;
        if (_entries.Count >= maxEntries)
            Remove(_byUse.Last!);
        _entries[key] = _byUse.AddFirst(new Entry(key, value, since, keep));
    }

    public void Clear()
    {
        _entries.Clear();
        _byUse.Clear();
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
    }

    private readonly record struct Entry(TKey Key, TValue Value, long Since, TimeSpan Keep);
}
