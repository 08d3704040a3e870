using System.Net;

namespace Mail.Security.Transports;

/// <summary>Sends a PROXY header in front of each connection, for a server or proxy that expects to be told whose connection it is.</summary>
/// <remarks>Whoever does not expect the header takes it for commands: it is for a configured next hop, not for the mail exchangers of others.</remarks>
public sealed class ProxyHeaderDialer : SmtpDialer
{
    private readonly SmtpDialer _inner;
    private readonly ProxyHeaderDialerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a dialer.</summary>
    /// <param name="inner">Opens the connection.</param>
    /// <param name="options">What to say; copied here. Null takes the defaults.</param>
    /// <param name="time">The clock of the time limit; null takes the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ProxyHeaderDialer(SmtpDialer inner, ProxyHeaderDialerOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        (_inner, _options, _time) = (inner, (options ?? new ProxyHeaderDialerOptions()).CheckedCopy(), time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public override async ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var result = await _inner.DialAsync(endpoint, cancellationToken).ConfigureAwait(false);
        if (result is not DialResult.Connected connected)
            return result;
        var kept = false;
        try
        {
            var header = ProxyHeaderWriter.Write(_options.Version, _options.Command, _options.Source ?? connected.Local, _options.Destination ?? connected.Remote as IPEndPoint);
            var written = await StreamSeam.RunAsync(async token =>
            {
                await connected.Stream.WriteAsync(header, token).ConfigureAwait(false);
                return WireResult.Done;
            }, _options.Timeout, _time, cancellationToken).ConfigureAwait(false);
            kept = written.Fault is null;
            return kept ? connected
                : new DialResult.Failed(written.Fault!.Kind == WireFaultKind.Timeout ? DialFailure.Timeout : DialFailure.Reset, $"the PROXY header was not taken: {written.Fault.Detail}") { Via = connected.Via };
        }
        finally
        {
            if (!kept)
                await connected.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
