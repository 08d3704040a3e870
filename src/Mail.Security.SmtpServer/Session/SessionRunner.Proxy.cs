using System.Net;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

// What a trusted source says of the client behind it: by a PROXY header in front of everything, or by XCLIENT.
internal sealed partial class SessionRunner
{
    private async ValueTask<SessionEnd?> MeetSourceAsync()
    {
        if (Trusts(Options.ProxyProtocolSources) && await ReadProxyHeaderAsync().ConfigureAwait(false) is { } bad)
            return bad;
        if (Session.ProxyEndPoint is not null && await JudgeAsync().ConfigureAwait(false) is { } refused)
            return refused;
        _state.Xclient = Trusts(Options.XclientSources) ? XclientRight.Granted : XclientRight.None;
        return null;
    }

    private bool Trusts(IReadOnlyList<IPNetwork> sources)
    {
        if (sources.Count == 0 || Session.RemoteAddress is not { } address)
            return false;
        foreach (var source in sources)
        {
            if (source.Contains(address))
                return true;
        }
        return false;
    }

    private async ValueTask<SessionEnd?> ReadProxyHeaderAsync()
    {
        _clock.Arm(Options.Timeouts.ProxyHeader);
        _clock.Idle();
        while (true)
        {
            var rest = _connection.Buffer;
            var status = ProxyHeader.TryRead(ref rest, out var header);
            if (status == ReadStatus.Complete)
            {
                _clock.Disarm();
                _connection.Consume(rest.Start);
                Accept(header);
                return null;
            }
            if (status == ReadStatus.Invalid)
                return BadProxyHeader("it is no such header");
            var outcome = await _connection.ReadAsync(_clock.Token).ConfigureAwait(false);
            if (outcome == WaitOutcome.Done)
                continue;
            if (outcome == WaitOutcome.Cancelled)
                return _clock.Cause == ClockCause.Limit ? BadProxyHeader("it did not come in time") : End(SessionEndReason.Shutdown);
            return outcome == WaitOutcome.Ended && _connection.Buffer.IsEmpty ? End(SessionEndReason.ClientClosed) : End(SessionEndReason.ConnectionLost, _connection.Failure);
        }
    }

    // A client of unknown address must not be taken for the proxy: what the proxy may do is not the client's to do.
    private void Accept(ProxyHeader header)
    {
        if (header.Client == ProxyClient.Proxy)
            return;
        (Session.ProxyEndPoint, Session.ClientSource) = (Session.RemoteEndPoint, SmtpClientSource.ProxyHeader);
        (Session.RemoteEndPoint, Session.LocalEndPoint) = (header.Source, header.Destination ?? Session.LocalEndPoint);
        ServerLog.Proxied(_parts.Logger, Session.Id, Session.ProxyEndPoint, Session.RemoteEndPoint);
    }

    // In place of a greeting, which has no enhanced status (RFC 2034 §4).
    private ValueTask<SessionEnd?> JudgeAsync()
    {
        if (Session.Admission?.Judge(Session) is not { } refusal)
            return default;
        var greeting = new ServerReply(421, null, $"{Options.HostName.Ascii} {Refusals.ToReply(refusal).Text}");
        return Session.TlsStart == TlsStart.Immediately && Session.Tls is null
            ? new(End(SessionEndReason.Refused, greeting.Text))
            : CloseAsync(greeting, SessionEndReason.Refused);
    }

    private SessionEnd BadProxyHeader(string detail)
    {
        ServerLog.BadProxyHeader(_parts.Logger, Session.Id, Session.RemoteEndPoint, detail);
        return End(SessionEndReason.BadProxyHeader, detail);
    }

    // The session begins anew, with another client: its greeting, its policy and its EHLO are still to come.
    private async ValueTask<SessionEnd?> XclientAsync(Decision decision)
    {
        _parts.Trace.ResetTransaction();
        decision.Client!.Apply(Session);
        _state.Reset();
        _state.Service = Service.Given;
        _state.FailedLogins = 0;
        (Session.Hello, Session.HandlerState) = (SmtpHello.None, null);
        ServerLog.Proxied(_parts.Logger, Session.Id, Session.ProxyEndPoint, Session.RemoteEndPoint);
        if (await JudgeAsync().ConfigureAwait(false) is { } refused)
            return refused;
        return await GreetAsync().ConfigureAwait(false) is { } end ? end : await FlushAsync().ConfigureAwait(false);
    }
}
