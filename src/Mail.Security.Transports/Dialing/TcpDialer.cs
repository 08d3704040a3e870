using System.Net;
using System.Net.Sockets;

namespace Mail.Security.Transports;

/// <summary>Dials by TCP, directly from this host.</summary>
/// <remarks>Small writes are sent at once (no Nagle delay): a session writes whole flights of commands.</remarks>
public sealed class TcpDialer : SmtpDialer
{
    private readonly TimeSpan _limit;
    private readonly IPAddress? _sourceV4;
    private readonly IPAddress? _sourceV6;
    private readonly TimeProvider _time;

    /// <summary>Makes a dialer.</summary>
    /// <param name="options">How to connect; read once, here. Null takes the defaults.</param>
    /// <param name="time">The clock of the time limit; null takes the system's.</param>
    /// <exception cref="ArgumentException">The time limit is not positive or over a day, or a source address is of the other family.</exception>
    public TcpDialer(TcpDialerOptions? options = null, TimeProvider? time = null)
    {
        options ??= new TcpDialerOptions();
        if (options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > SmtpTimeouts.Longest)
            throw new ArgumentException("The connect time limit must be positive and at most a day.", nameof(options));
        if (options.SourceAddressV4 is { AddressFamily: not AddressFamily.InterNetwork } || options.SourceAddressV6 is { AddressFamily: not AddressFamily.InterNetworkV6 })
            throw new ArgumentException("A source address is of the wrong family.", nameof(options));
        (_limit, _sourceV4, _sourceV6, _time) = (options.ConnectTimeout, options.SourceAddressV4, options.SourceAddressV6, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public override async ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Socket? socket = null;
        try
        {
            var failed = await StreamSeam.ConnectAsync(token =>
            {
                // Opening the socket is inside the seam too: a host without IPv6 fails right there.
                socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if ((endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? _sourceV6 : _sourceV4) is { } source)
                    socket.Bind(new IPEndPoint(source, 0));
                return socket.ConnectAsync(endpoint, token);
            }, _limit, _time, cancellationToken).ConfigureAwait(false);
            if (failed is not null)
                return failed;

            var connected = new DialResult.Connected(new NetworkStream(socket!, ownsSocket: true), socket!.LocalEndPoint as IPEndPoint, endpoint);
            socket = null;
            return connected;
        }
        finally
        {
            socket?.Dispose();
        }
    }
}
