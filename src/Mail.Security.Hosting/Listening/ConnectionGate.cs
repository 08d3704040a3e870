using System.Net;
using System.Text;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>The limits of a listener's connections and logins: says who is let in, and tells the log and the meter who is not. Safe for use by several threads.</summary>
internal sealed class ConnectionGate
{
    private readonly ConnectionPlaces _places;
    private readonly FailedLogins _failedLogins;
    private readonly MailDataBudget? _budget;
    private readonly RefusalLog<ConnectionVerdict> _refusals;
    private readonly RefusalLog<LoginVerdict> _loginRefusals;
    private readonly SmtpServerMetrics? _metrics;

    /// <param name="options">The limits.</param>
    /// <param name="max">The connections that are possible at a time, which may be fewer than the options say.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="metrics">The meter, if any.</param>
    public ConnectionGate(SmtpListenerOptions options, int max, TimeProvider time, ILogger logger, SmtpServerMetrics? metrics)
    {
        (_places, _failedLogins, _budget, _metrics) = (new(options, max, time), new(options, time), options.MailData, metrics);
        _refusals = new(time, (client, verdict, unsaid) => HostingLog.ConnectionRefused(logger, client, verdict, unsaid));
        _loginRefusals = new(time, (client, verdict, unsaid) => HostingLog.LoginRefused(logger, client, verdict, unsaid));
    }

    /// <summary>
    /// Judges a new connection. The place it gets is given back by disposing it. Sources that speak for others are counted in all only, and by
    /// address once they say whose session it is.
    /// </summary>
    public ConnectionVerdict Enter(EndPoint? peer, SmtpServerOptions server, out ConnectionPlace? place)
    {
        place = null;
        var verdict = _budget?.IsNearlyFull == true ? ConnectionVerdict.NoRoom : _places.Enter();
        if (verdict != ConnectionVerdict.Admitted)
            return Refused(peer, verdict);
        var address = (peer as IPEndPoint)?.Address;
        var taken = new ConnectionPlace(this, _places, address, server);
        if (!SpeaksForOthers(address, server))
            verdict = taken.Become(address);
        if (verdict == ConnectionVerdict.Admitted)
        {
            place = taken;
            return verdict;
        }
        taken.Dispose();
        return Refused(peer, verdict);
    }

    /// <summary>A refused connection goes into the meter, and into the log once in a while.</summary>
    public ConnectionVerdict Refused(EndPoint? client, ConnectionVerdict verdict)
    {
        _metrics?.TurnedAway(verdict.Limit());
        _refusals.Write(client, verdict);
        return verdict;
    }

    /// <summary>Judges a login before each of its steps; when admitted, <see cref="EndLogin"/> says what came of it.</summary>
    public LoginVerdict BeginLogin(SmtpSessionInfo session) => Told(session, _failedLogins.Begin(session.RemoteAddress));

    /// <summary>Judges the name of a login before it is looked up.</summary>
    public LoginVerdict JudgeLogin(SmtpSessionInfo session, string userName) => Told(session, _failedLogins.Judge(session.RemoteAddress, userName));

    public void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome, string? userName) => _failedLogins.End(session.RemoteAddress, outcome, userName);

    public void AbandonLogin(SmtpSessionInfo session, string userName) => _failedLogins.Add(session.RemoteAddress, userName);

    /// <summary>What a client that is not let in is told (RFC 5321 §3.1, §4.2.1). A greeting has no enhanced status (RFC 2034 §4).</summary>
    public static byte[] Farewell(SmtpServerOptions server, ConnectionVerdict verdict) =>
        Encoding.ASCII.GetBytes($"421 {server.HostName.Ascii} {verdict.Text()}\r\n");

    /// <summary>Whether a session of this address, which is not mapped into IPv6, may say by XCLIENT whose it is.</summary>
    public static bool MaySayXclient(IPAddress address, SmtpServerOptions server) => server.XclientSources.Any(source => source.Contains(address));

    private LoginVerdict Told(SmtpSessionInfo session, LoginVerdict verdict)
    {
        if (verdict != LoginVerdict.Admitted)
        {
            _metrics?.LoginTurnedAway(verdict.Limit());
            _loginRefusals.Write(session.RemoteEndPoint, verdict);
        }
        return verdict;
    }

    private static bool SpeaksForOthers(IPAddress? address, SmtpServerOptions server)
    {
        if (address is null || server.ProxyProtocolSources.Count + server.XclientSources.Count == 0)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return server.ProxyProtocolSources.Any(source => source.Contains(plain)) || MaySayXclient(plain, server);
    }
}
