using System.Net;

namespace Mail.Security.Hosting;

/// <summary>
/// Counts by address what happens within a time that slides: what happened in the window that runs, and in the one before as much as it still
/// reaches into the last window's length. Not safe for several threads.
/// </summary>
internal sealed class FadingCounts(TimeSpan window, TimeProvider time)
{
    // What an attacker with many addresses can make it remember. Addresses beyond that are bound by the other limits.
    private const int MostAddresses = 1 << 16;

    private Dictionary<IPAddress, int> _before = [];
    private Dictionary<IPAddress, int> _now = [];
    private long _started = time.GetTimestamp();

    /// <summary>How many addresses are remembered.</summary>
    public int Addresses => _before.Count + _now.Count;

    public double Of(IPAddress address)
    {
        var inWindow = Turn();
        return _now.GetValueOrDefault(address) + (_before.GetValueOrDefault(address) * (1 - inWindow));
    }

    public void Add(IPAddress address)
    {
        Turn();
        var count = _now.GetValueOrDefault(address);
        if (count > 0 || _now.Count < MostAddresses)
            _now[address] = count + 1;
    }

    // Begins new windows until the present one is reached, and tells how much of it is over.
    private double Turn()
    {
        var windows = time.GetElapsedTime(_started) / window;
        if (windows < 1)
            return windows;
        (_before, _now) = (windows < 2 ? _now : [], []);
        _started += (long)(Math.Floor(windows) * window.TotalSeconds * time.TimestampFrequency);
        return windows - Math.Floor(windows);
    }
}
