using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Dnssec;

/// <summary>Keeps answers for as long as they say, and at most so many; the one not used for longest goes first. Not for use by several callers at once.</summary>
internal sealed class StageCache(int maxEntries, TimeProvider time)
{
    // With the bound on entries this bounds the memory: a text of 64 KiB is asked again rather than kept.
    private const int MaxWireLength = 16 * 1024;

    private readonly Dictionary<Question, LinkedListNode<(Question Question, Stage Stage)>> _entries = [];
    private readonly LinkedList<(Question Question, Stage Stage)> _byUse = new();

    public int Count => _entries.Count;

    public bool TryGet(Question question, [NotNullWhen(true)] out Stage? stage)
    {
        stage = null;
        if (!_entries.TryGetValue(question, out var node))
            return false;
        if (time.GetElapsedTime(node.Value.Stage.ReadAt) >= node.Value.Stage.Keep)
        {
            Remove(node);
            return false;
        }
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        stage = node.Value.Stage;
        return true;
    }

    public void Put(Question question, Stage stage)
    {
        if (_entries.TryGetValue(question, out var old))
            Remove(old);
        if (maxEntries == 0 || stage.Keep <= TimeSpan.Zero || stage.WireLength > MaxWireLength)
            return;
        if (_entries.Count >= maxEntries)
            Remove(_byUse.Last!);
        _entries[question] = _byUse.AddFirst((question, stage));
    }

    private void Remove(LinkedListNode<(Question Question, Stage Stage)> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Question);
    }
}
