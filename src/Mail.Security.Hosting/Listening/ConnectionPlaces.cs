using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Hosting;

/// <summary>Counts connections, in all and by address. Safe for use by several threads.</summary>
internal sealed class ConnectionPlaces(int max, int maxPerAddress)
{
    private static readonly IPAddress Unknown = IPAddress.None;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _taken;

    /// <summary>Takes a place; when admitted, <see cref="Leave"/> gives it back.</summary>
    public ConnectionVerdict Enter(IPAddress? address)
    {
        var key = Key(address);
        lock (_lock)
        {
            if (_taken >= max)
                return ConnectionVerdict.TooMany;
            var mine = _byAddress.GetValueOrDefault(key);
            if (mine >= maxPerAddress)
                return ConnectionVerdict.TooManyFromAddress;
            (_byAddress[key], _taken) = (mine + 1, _taken + 1);
            return ConnectionVerdict.Admitted;
        }
    }

    public void Leave(IPAddress? address)
    {
        var key = Key(address);
        lock (_lock)
        {
            _taken--;
            if (--_byAddress[key] == 0)
                _byAddress.Remove(key);
        }
    }

    // A host with IPv6 has a whole /64 to connect from: it is one client.
    private static IPAddress Key(IPAddress? address)
    {
        if (address is null)
            return Unknown;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
