using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Transports;

/// <summary>Dials through a SOCKS 5 proxy by CONNECT (RFC 1928), without a login or by name and password (RFC 1929).</summary>
/// <remarks>
/// Every failure says whose it is (<see cref="DialFailures.Blame"/>). The address the server sees is the one the proxy tells
/// (<see cref="DialResult.Connected.Local"/>). Safe for use by many callers at once.
/// </remarks>
public sealed class Socks5Dialer : ProxyDialer
{
    private readonly Socks5DialerOptions _options;
    private readonly SmtpDialer _toProxy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Makes a dialer.</summary>
    /// <param name="options">Which proxy, and how; copied here.</param>
    /// <param name="toProxy">Connects to the proxy itself; null for TCP with its defaults. Another proxy makes a chain.</param>
    /// <param name="time">The clock of the time limits; null takes the system's.</param>
    /// <param name="logger">Receives the log lines; null for none.</param>
    /// <exception cref="ArgumentException">There is no proxy, or an option is out of its range.</exception>
    public Socks5Dialer(Socks5DialerOptions options, SmtpDialer? toProxy = null, TimeProvider? time = null, ILogger<Socks5Dialer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.CheckedCopy();
        _time = time ?? TimeProvider.System;
        _toProxy = toProxy ?? new TcpDialer(time: _time);
        _logger = logger ?? NullLogger<Socks5Dialer>.Instance;
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return DialAsync(Socks5Message.Request(endpoint), endpoint, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<DialResult> DialNameAsync(DomainName host, int port, CancellationToken cancellationToken = default)
    {
        if (host.IsEmpty)
            throw new ArgumentException("A name is needed.", nameof(host));
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return DialAsync(Socks5Message.Request(host, port), new DnsEndPoint(host.Ascii, port), cancellationToken);
    }

    private async ValueTask<DialResult> DialAsync(byte[] request, EndPoint target, CancellationToken cancellationToken)
    {
        var result = await ReachProxyAsync(cancellationToken).ConfigureAwait(false) switch
        {
            DialResult.Connected proxy => await NegotiateAsync(proxy.Stream, request, target, cancellationToken).ConfigureAwait(false),
            var unreachable => unreachable,
        };
        TransportsTelemetry.ProxyDialed(Name, result, _logger);
        return result with { Via = Name };
    }

    private async ValueTask<DialResult> ReachProxyAsync(CancellationToken cancellationToken)
    {
        if (_options.Proxy is IPEndPoint endpoint)
            return Reached(await _toProxy.DialAsync(endpoint, cancellationToken).ConfigureAwait(false));
        var name = (DnsEndPoint)_options.Proxy!;
        IPAddress[] addresses = [];
        var failed = await StreamSeam.ConnectAsync(
            async token => addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, token).ConfigureAwait(false), _options.NegotiationTimeout, _time, cancellationToken).ConfigureAwait(false);
        if (failed is not null)
            return Failed(DialFailure.ProxyUnreachable, $"the name of the proxy was not found: {failed.Detail}");
        var walk = new AddressWalk(_toProxy, addresses, name.Port, time: _time);
        await using var _ = walk.ConfigureAwait(false);
        DialResult result = Failed(DialFailure.ProxyUnreachable, "the name of the proxy has no address");
        while (result is not DialResult.Connected && await walk.NextAsync(cancellationToken).ConfigureAwait(false) is { } dial)
            result = Reached(dial.Result);
        return result;
    }

    private async ValueTask<DialResult> NegotiateAsync(Stream stream, byte[] request, EndPoint target, CancellationToken cancellationToken)
    {
        var negotiation = new Socks5Negotiation(stream, _options.Credentials);
        var kept = false;
        try
        {
            var agreed = await RunAsync(negotiation.AgreeAsync, _options.NegotiationTimeout, cancellationToken).ConfigureAwait(false);
            if (Fault(negotiation, agreed, DialFailure.ProxyTimeout, DialFailure.ProxyClosed) is { } unwilling)
                return unwilling;
            var answered = await RunAsync(token => negotiation.RequestAsync(request, token), _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
            if (Fault(negotiation, answered, DialFailure.ProxyRequestTimeout, DialFailure.ProxyNoReply) is { } refused)
                return refused;
            kept = true;
            return new DialResult.Connected(stream, negotiation.Bound, target);
        }
        finally
        {
            if (!kept)
                await stream.DisposeAsync().ConfigureAwait(false);      // RFC 1928 §3: a client that finds no method must close
        }
    }

    private ValueTask<WireResult> RunAsync(Func<CancellationToken, ValueTask> step, TimeSpan limit, CancellationToken cancellationToken) => StreamSeam.RunAsync(async token =>
    {
        await step(token).ConfigureAwait(false);
        return WireResult.Done;
    }, limit, _time, cancellationToken);

    private DialResult.Failed? Fault(Socks5Negotiation negotiation, WireResult wire, DialFailure silent, DialFailure gone) => (negotiation.Fault, wire.Fault) switch
    {
        ({ } fault, _) => Failed(fault.Reason, fault.Detail),
        (_, { Kind: WireFaultKind.Timeout } late) => Failed(silent, late.Detail),
        (_, { Kind: WireFaultKind.Closed }) => Failed(gone, "the proxy closed the connection"),
        (_, { } lost) => Failed(gone, lost.Detail),
        _ => null,
    };

    // What this host cannot do is no failure of the proxy.
    private DialResult Reached(DialResult result) => result is DialResult.Failed failed
        ? Failed(failed.Reason.Blame() == DialBlame.Self ? failed.Reason : DialFailure.ProxyUnreachable, $"no connection to the proxy: {failed.Detail}")
        : result;

    private DialResult.Failed Failed(DialFailure reason, string detail) => new(reason, $"through {Name}: {detail}");
}
