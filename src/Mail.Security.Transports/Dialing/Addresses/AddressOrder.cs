using System.Net.Sockets;

namespace Mail.Security.Transports;

/// <summary>In which order the addresses of a server are dialed, and whether one waits for the other.</summary>
public enum AddressOrder : byte
{
    /// <summary>The families take turns, that of the first address first, and an attempt that takes long does not hold up the next (RFC 8305 §4, §5).</summary>
    Race = 0,

    /// <summary>All IPv6 addresses, then all IPv4 addresses, each when the one before has failed.</summary>
    PreferIPv6,

    /// <summary>All IPv4 addresses, then all IPv6 addresses, each when the one before has failed.</summary>
    PreferIPv4,

    /// <summary>IPv6 addresses and no others, each when the one before has failed.</summary>
    OnlyIPv6,

    /// <summary>IPv4 addresses and no others, each when the one before has failed.</summary>
    OnlyIPv4,
}

/// <summary>What an order says of a family.</summary>
internal static class AddressOrders
{
    public static bool Allows(this AddressOrder order, AddressFamily family) => order switch
    {
        AddressOrder.OnlyIPv4 => family == AddressFamily.InterNetwork,
        AddressOrder.OnlyIPv6 => family == AddressFamily.InterNetworkV6,
        _ => true,
    };
}
