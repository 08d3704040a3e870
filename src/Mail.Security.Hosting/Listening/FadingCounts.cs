using System.Runtime.InteropServices;

namespace Mail.Security.Hosting;

/// <summary>
/// Counts by key what happens within a time that slides: what happened in the window that runs, and in the one before as much as it still
/// reaches into the last window's length. Not safe for several threads.
/// </summary>
/// <remarks>It takes what happened in the former window as spread evenly over it: within some stretches of a window's length nearly twice a limit gets through.</remarks>
internal sealed class FadingCounts<TKey>(TimeSpan window, TimeProvider time)
    where TKey : notnull
{
    // What an attacker with many addresses can make it remember.
    private const int MostKeys = 1 << 16;

    private Window _before = new();
    private Window _now = new();
    private long _started = time.GetTimestamp();

    /// <summary>How many keys have a count of their own.</summary>
    public int Keys => _before.Keys + _now.Keys;

    public double Of(TKey key)
    {
        var inWindow = Turn();
        return _now.Of(key) + (_before.Of(key) * (1 - inWindow));
    }

    public void Add(TKey key)
    {
        Turn();
        _now.Add(key);
    }

    /// <summary>Whether the key has a count of its own in the window that runs, or would get one.</summary>
    public bool HasRoom(TKey key)
    {
        Turn();
        return _now.HasRoom(key);
    }

    // Begins new windows until the present one is reached, and tells how much of it is over.
    private double Turn()
    {
        var windows = time.GetElapsedTime(_started) / window;
        if (windows < 1)
            return windows;
        (_before, _now) = (windows < 2 ? _now : new(), new());
        _started += (long)(Math.Floor(windows) * window.TotalSeconds * time.TimestampFrequency);
        return windows - Math.Floor(windows);
    }

    /// <summary>The counts of one window. When there is no room for more, those who come new share counts: some are blamed for others, and nobody goes uncounted.</summary>
    private sealed class Window
    {
        private const int SharedCounts = 4096;

        private readonly Dictionary<TKey, int> _own = [];
        private int[]? _shared;

        public int Keys => _own.Count;

        public bool HasRoom(TKey key) => _own.Count < MostKeys || _own.ContainsKey(key);

        public int Of(TKey key) => _own.TryGetValue(key, out var count) ? count : _shared is null ? 0 : _shared[SharedBy(key)];

        public void Add(TKey key)
        {
            if (HasRoom(key))
                CollectionsMarshal.GetValueRefOrAddDefault(_own, key, out _)++;
            else
                (_shared ??= new int[SharedCounts])[SharedBy(key)]++;
        }

        private static int SharedBy(TKey key) => (int)((uint)key.GetHashCode() % SharedCounts);
    }
}
