using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Mail.Security.Sasl;

/// <summary>Remembers what was derived from secrets, under keyed hashes of them: bounded in number and in time, the oldest leaves first.</summary>
/// <remarks>
/// The key lives as long as the process, so that nothing here can be compared with anything outside. What is too old leaves at the next use of whatever entry; how a value
/// that leaves is cleared, and how one is copied so that clearing harms no reader, is told by who has such values.
/// </remarks>
internal sealed class KeyedCache<T>(int capacity, TimeSpan lifetime, TimeProvider time, Func<T, T>? copy = null, Action<T>? clear = null)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, (byte[] Tag, T Value, long Stamp, LinkedListNode<UInt128> Age)> _entries = [];
    private readonly LinkedList<UInt128> _ages = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>The tag of some parts: each with its length, so that no two lists of parts are alike.</summary>
    public byte[] TagOf(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> lengths = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(lengths, a.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(lengths[4..], b.Length);
        hmac.AppendData(lengths);
        hmac.AppendData(a);
        hmac.AppendData(b);
        hmac.AppendData(c);
        return hmac.GetHashAndReset();
    }

    public bool TryGet(byte[] tag, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        lock (_lock)
        {
            RemoveOld();
            if (!_entries.TryGetValue(Slot(tag), out var entry) || !CryptographicOperations.FixedTimeEquals(entry.Tag, tag))
                return false;
            value = copy is null ? entry.Value : copy(entry.Value);
            return true;
        }
    }

    public void Set(byte[] tag, T value)
    {
        if (capacity <= 0)
            return;
        lock (_lock)
        {
            RemoveOld();
            var slot = Slot(tag);
            if (_entries.TryGetValue(slot, out var old))
                Remove(old.Age);
            while (_entries.Count >= capacity)
                Remove(_ages.First!);
            _entries[slot] = (tag, value, time.GetTimestamp(), _ages.AddLast(slot));
        }
    }

    // The ages are in the order of the stamps.
    private void RemoveOld()
    {
        while (_ages.First is { } oldest && time.GetElapsedTime(_entries[oldest.Value].Stamp) >= lifetime)
            Remove(oldest);
    }

    private void Remove(LinkedListNode<UInt128> age)
    {
        if (_entries.Remove(age.Value, out var entry))
            clear?.Invoke(entry.Value);
        _ages.Remove(age);
    }

    private static UInt128 Slot(byte[] tag) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(tag);
}
