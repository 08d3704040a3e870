using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Gives each transport its dialer: the usual one, unless the transport connects from an address of its own or through proxies.</summary>
/// <remarks>
/// A dialer is made when it is first needed and kept for all transports that are equal, also when routes are replaced, so that what it knows of its proxies is not
/// lost. Safe for use by many callers at once.
/// </remarks>
/// <param name="usual">The dialer of transports that need none of their own.</param>
/// <param name="options">How the others connect, but for the addresses they connect from; read once, here. Null takes the defaults.</param>
/// <param name="time">The clock of the time limits; null takes the system's.</param>
public class TransportDialers(SmtpDialer usual, TcpDialerOptions? options = null, TimeProvider? time = null)
{
    private readonly ConcurrentDictionary<TransportDefinition, SmtpDialer> _own = [];
    private readonly TcpDialerOptions _options = options ?? new TcpDialerOptions();

    /// <summary>The dialer of a transport.</summary>
    /// <param name="transport">The transport.</param>
    /// <returns>The same dialer for equal transports.</returns>
    public SmtpDialer For(TransportDefinition transport) => transport switch
    {
        TransportDefinition.Direct { SourceAddressV4: null, SourceAddressV6: null } => usual,
        TransportDefinition.Smarthost { SourceAddressV4: null, SourceAddressV6: null } => usual,
        TransportDefinition.Submission { SourceAddressV4: null, SourceAddressV6: null } => usual,
        _ => _own.GetOrAdd(transport, Create),
    };

    /// <summary>Makes the dialer of a transport that needs its own. To be overridden where connections are opened in another way.</summary>
    /// <param name="transport">A transport with source addresses or proxies.</param>
    /// <returns>The dialer.</returns>
    protected virtual SmtpDialer Create(TransportDefinition transport) => transport switch
    {
        TransportDefinition.Direct direct => From(direct.SourceAddressV4, direct.SourceAddressV6),
        TransportDefinition.Smarthost smarthost => From(smarthost.SourceAddressV4, smarthost.SourceAddressV6),
        TransportDefinition.Submission submission => From(submission.SourceAddressV4, submission.SourceAddressV6),
        _ => throw new ArgumentException("This transport opens no connection.", nameof(transport)),
    };

    private TcpDialer From(IPAddress? four, IPAddress? six) => new(new TcpDialerOptions
    {
        ConnectTimeout = _options.ConnectTimeout,
        SourceAddressV4 = four ?? _options.SourceAddressV4,
        SourceAddressV6 = six ?? _options.SourceAddressV6,
    }, time);
}
