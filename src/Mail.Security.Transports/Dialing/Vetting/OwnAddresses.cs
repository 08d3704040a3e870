using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;

namespace Mail.Security.Transports;

/// <summary>The addresses of this host's interfaces, read anew when they are a minute old.</summary>
internal sealed class OwnAddresses(TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private Reading? _last;

    public bool Contains(IPAddress address)
    {
        if (_last is not { } reading || time.GetElapsedTime(reading.At) >= MaxAge)
            _last = reading = new Reading(time.GetTimestamp(), Read(_last?.Addresses));
        return reading.Addresses.Contains(Bare(address));
    }

    // An interface may vanish while it is read; what was known before is the best there is then.
    private static FrozenSet<IPAddress> Read(FrozenSet<IPAddress>? before)
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
                .Select(static one => Bare(one.Address)).ToFrozenSet();
        }
        catch (NetworkInformationException)
        {
            return before ?? [];
        }
    }

    private static IPAddress Bare(IPAddress address) => new(address.GetAddressBytes());

    private sealed record Reading(long At, FrozenSet<IPAddress> Addresses);
}
