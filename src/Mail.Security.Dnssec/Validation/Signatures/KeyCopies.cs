using System.Security.Cryptography;

namespace Mail.Security.Dnssec;

/// <summary>Copies of one key, for the platform's serve one caller at a time: as many as are used at once, and no more kept than processors are likely to use at once.</summary>
/// <remarks>The first is made at once, so that a key the platform refuses is refused by the constructor.</remarks>
internal sealed class KeyCopies<T>
    where T : AsymmetricAlgorithm
{
    private readonly Func<T> _make;
    /// <summary>How many are kept at most.</summary>
    public static readonly int Kept = Math.Min(Environment.ProcessorCount, 8);

    private readonly T?[] _free = new T?[Kept];

    public KeyCopies(Func<T> make)
    {
        _make = make;
        _free[0] = make();
    }

    public T Take()
    {
        for (var at = 0; at < _free.Length; at++)
        {
            if (Interlocked.Exchange(ref _free[at], null) is { } copy)
                return copy;
        }
        return _make();
    }

    public void GiveBack(T copy)
    {
        for (var at = 0; at < _free.Length; at++)
        {
            if (Interlocked.CompareExchange(ref _free[at], copy, null) is null)
                return;
        }
        copy.Dispose();
    }
}
