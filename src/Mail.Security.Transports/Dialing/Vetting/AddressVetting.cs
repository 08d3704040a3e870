using System.Net;

namespace Mail.Security.Transports;

/// <summary>Says which addresses mail is not sent to, because they lead into this host or its networks and not to a mail host of the Internet.</summary>
/// <remarks>
/// Whoever controls a domain controls the addresses of its mail hosts, and could aim connections at what only this host can reach. Safe for use
/// by many callers at once.
/// </remarks>
public sealed class AddressVetting
{
    private readonly AddressVettingOptions _options;
    private readonly Func<IPAddress, bool> _isOwn;

    /// <summary>Makes it.</summary>
    /// <param name="options">What is allowed; copied here. Null takes the defaults.</param>
    /// <param name="time">The clock by which the list of own addresses is renewed, each minute; null takes the system's.</param>
    /// <exception cref="ArgumentException">An option is not one of those named.</exception>
    public AddressVetting(AddressVettingOptions? options = null, TimeProvider? time = null)
        : this(options, new OwnAddresses(time ?? TimeProvider.System).Contains)
    {
    }

    internal AddressVetting(AddressVettingOptions? options, Func<IPAddress, bool> isOwn) =>
        (_options, _isOwn) = ((options ?? AddressVettingOptions.Default).CheckedCopy(), isOwn);

    /// <summary>Looks at an address, and at the IPv4 address it may lead to.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Why it is not dialed; null when it may be.</returns>
    public AddressRefusal? Check(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var inner = AddressKinds.Unwrap(address);
        if (_options.AllowedNetworks.Any(network => network.Contains(inner) || (!address.IsIPv4MappedToIPv6 && network.Contains(address))))
            return null;
        var kind = AddressKinds.Of(address);
        if (kind == AddressKind.Loopback)
            return _options.Loopback == AddressUse.Allowed ? null : new AddressRefusal(AddressRefusalReason.NotPublic, $"{address} is an address of this host alone");
        if (kind != AddressKind.Public)
            return new AddressRefusal(AddressRefusalReason.NotPublic, $"{address} is {Name(kind)}");
        return _options.OwnInterfaces == AddressUse.Refused && (_isOwn(address) || _isOwn(inner))
            ? new AddressRefusal(AddressRefusalReason.Own, $"{address} is an address of this host")
            : null;
    }

    private static string Name(AddressKind kind) => kind switch
    {
        AddressKind.Unspecified => "no address",
        AddressKind.Private => "an address of a private network",
        AddressKind.LinkLocal => "an address of one link",
        AddressKind.Shared => "an address shared behind a provider",
        AddressKind.Multicast => "an address of a group",
        AddressKind.Documentation => "an address for examples",
        AddressKind.Benchmark => "an address for measurements",
        _ => "a reserved address",
    };
}
