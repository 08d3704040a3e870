using System.Net;

namespace Mail.Security.Transports;

/// <summary>Which addresses mail may be sent to besides those of the Internet at large.</summary>
public sealed record AddressVettingOptions
{
    /// <summary>The defaults.</summary>
    public static AddressVettingOptions Default { get; } = new();

    /// <summary>Networks whose addresses are dialed whatever they are: those of a site, of a laboratory, an own address. Default: none.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Whether 127.0.0.0/8 and ::1 are dialed; for laboratories and tests. Default <see cref="AddressUse.Refused"/>.</summary>
    public AddressUse Loopback { get; init; }

    /// <summary>
    /// Whether the addresses of this host's interfaces are dialed. Default <see cref="AddressUse.Refused"/>: what is sent there comes back. An
    /// application that shares its machine with the mail exchanger of its domain allows them.
    /// </summary>
    public AddressUse OwnInterfaces { get; init; }

    internal AddressVettingOptions CheckedCopy()
    {
        ArgumentNullException.ThrowIfNull(AllowedNetworks);
        if (!Enum.IsDefined(Loopback))
            throw new ArgumentException("It is refused or allowed.", nameof(Loopback));
        if (!Enum.IsDefined(OwnInterfaces))
            throw new ArgumentException("It is refused or allowed.", nameof(OwnInterfaces));
        return this with { AllowedNetworks = [.. AllowedNetworks] };
    }
}
