using System.Net;

namespace Mail.Security.Hosting;

/// <summary>Whether a client may connect once more within a time.</summary>
internal enum RateVerdict : byte
{
    TooFast = 0,
    Taken,
}

/// <summary>
/// Counts the connections of each client over a sliding window: those of the window that runs, and of the one before as much as it still
/// reaches into the last window's length. Only admitted connections count, so that one who asks too often still gets its share. Not safe for several threads.
/// </summary>
internal sealed class ConnectionRates(int max, TimeSpan window, TimeProvider time)
{
    // What an attacker with many addresses can make it remember. Clients beyond that are bound by the other limits.
    private const int MostClients = 1 << 16;

    private Dictionary<IPAddress, int> _before = [];
    private Dictionary<IPAddress, int> _now = [];
    private long _started = time.GetTimestamp();

    public RateVerdict TryTake(IPAddress client)
    {
        var inWindow = Turn();
        var mine = _now.GetValueOrDefault(client);
        var reaching = _before.GetValueOrDefault(client) * (1 - inWindow);
        if (mine + reaching >= max)
            return RateVerdict.TooFast;
        if (mine > 0 || _now.Count < MostClients)
            _now[client] = mine + 1;
        return RateVerdict.Taken;
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
