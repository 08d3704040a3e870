using System.Collections.Concurrent;
using System.Net;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Delivery;

/// <summary>Gives each transport its dialer: the usual one, unless the transport connects from an address of its own or through proxies.</summary>
/// <remarks>
/// A dialer is made when it is first needed and kept for all transports that are equal, also when routes are replaced, so that what it knows of its proxies is not
/// lost. Safe for use by many callers at once.
/// </remarks>
/// <param name="usual">The dialer of transports that need none of their own.</param>
/// <param name="options">How the others connect, but for the addresses they connect from; read once, here. Null takes the defaults.</param>
/// <param name="time">The clock of the time limits; null takes the system's.</param>
/// <param name="loggers">Makes the loggers of dialers and proxies; null for none.</param>
public class TransportDialers(SmtpDialer usual, TcpDialerOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null)
{
    // More than any configuration has; what routes that were replaced left behind goes with the rest.
    private const int Most = 1000;

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
        _ => Own(transport),
    };

    /// <summary>Makes the dialer of a transport that needs its own. To be overridden where connections are opened in another way.</summary>
    /// <param name="transport">A transport with source addresses or proxies.</param>
    /// <returns>The dialer.</returns>
    protected virtual SmtpDialer Create(TransportDefinition transport) => transport switch
    {
        TransportDefinition.Direct direct => From(direct.SourceAddressV4, direct.SourceAddressV6),
        TransportDefinition.Smarthost smarthost => From(smarthost.SourceAddressV4, smarthost.SourceAddressV6),
        TransportDefinition.Submission submission => From(submission.SourceAddressV4, submission.SourceAddressV6),
        TransportDefinition.Socks socks => Through(socks.Proxies),
        _ => throw new ArgumentException("This transport opens no connection.", nameof(transport)),
    };

    private SmtpDialer Own(TransportDefinition transport)
    {
        if (_own.Count > Most)
            _own.Clear();
        return _own.GetOrAdd(transport, Create);
    }

    private ProxyPool Through(IReadOnlyList<SocksProxy> proxies) => new([.. proxies.Select(Member)], null, time, loggers?.CreateLogger<ProxyPool>());

    // The way to the proxy is plain TCP: a proxy may stand where no mail host does, such as on this machine.
    private ProxyPoolMember Member(SocksProxy proxy) => new(
        new Socks5Dialer(new Socks5DialerOptions { Name = proxy.Name, Proxy = proxy.EndPoint, Credentials = proxy.Credentials }, new TcpDialer(_options, time), time, loggers?.CreateLogger<Socks5Dialer>()),
        proxy.Weight);

    private TcpDialer From(IPAddress? four, IPAddress? six) => new(new TcpDialerOptions
    {
        ConnectTimeout = _options.ConnectTimeout,
        SourceAddressV4 = four ?? _options.SourceAddressV4,
        SourceAddressV6 = six ?? _options.SourceAddressV6,
    }, time);
}
