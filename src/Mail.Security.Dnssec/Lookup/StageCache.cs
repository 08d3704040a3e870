using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Dnssec;

/// <summary>Keeps answers for as long as they say. Not for use by several callers at once.</summary>
internal sealed class StageCache(int maxEntries, TimeProvider time)
{
    // With the bound on entries this bounds the memory: a text of 64 KiB is asked again rather than kept.
    private const int MaxWireLength = 16 * 1024;

    private readonly BoundedCache<Question, Stage> _stages = new(maxEntries, time);

    public int Count => _stages.Count;

    public bool TryGet(Question question, [NotNullWhen(true)] out Stage? stage) => _stages.TryGet(question, out stage);

    public void Clear() => _stages.Clear();

    public void Put(Question question, Stage stage) =>
        _stages.Put(question, stage, stage.ReadAt, stage.WireLength > MaxWireLength ? TimeSpan.Zero : stage.Keep);
}
