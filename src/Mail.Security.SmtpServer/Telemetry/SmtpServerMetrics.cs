using System.Diagnostics.Metrics;

namespace Mail.Security.SmtpServer;

/// <summary>The meter "Mail.Security.SmtpServer". Make one for a process and give it to every session; no label carries a name or an address.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>mail.smtp.server.sessions</term><description>sessions ended, by <c>reason</c> (<see cref="SessionEndReason"/>)</description></item>
/// <item><term>mail.smtp.server.active_sessions</term><description>sessions open now</description></item>
/// <item><term>mail.smtp.server.messages</term><description>messages, by <c>result</c>: accepted, refused, aborted</description></item>
/// <item><term>mail.smtp.server.message.size</term><description>bytes of each accepted message</description></item>
/// <item><term>mail.smtp.server.refusals</term><description>commands refused, by <c>verb</c> and <c>code</c></description></item>
/// <item><term>mail.smtp.server.handshakes</term><description>TLS handshakes, by <c>result</c>: TLS1.2, TLS1.3, failed; a failed one with its <c>reason</c>: timeout, closed, version, nothing-shared, alert, not-tls, other</description></item>
/// <item><term>mail.smtp.server.turned_away</term><description>connections refused because a limit was reached, by <c>limit</c> (<see cref="SmtpConnectionLimit"/>)</description></item>
/// <item><term>mail.smtp.server.logins_turned_away</term><description>AUTH exchanges refused because too many logins had failed, by <c>limit</c>: Address, Network, UserName</description></item>
/// <item><term>mail.smtp.server.authentications</term><description>AUTH exchanges, by <c>mechanism</c> and <c>result</c>: succeeded, failed, cancelled, unavailable</description></item>
/// </list>
/// </remarks>
public sealed class SmtpServerMetrics : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string MeterName = "Mail.Security.SmtpServer";

    private readonly Meter _meter;
    private readonly Counter<long> _sessions;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _messages;
    private readonly Histogram<long> _size;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _handshakes;
    private readonly Counter<long> _turnedAway;
    private readonly Counter<long> _loginsTurnedAway;
    private readonly Counter<long> _authentications;

    /// <summary>Makes the meter, by the factory of the application's container when there is one.</summary>
    public SmtpServerMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _sessions = _meter.CreateCounter<long>("mail.smtp.server.sessions", "{session}", "Sessions ended, by reason.");
        _active = _meter.CreateUpDownCounter<long>("mail.smtp.server.active_sessions", "{session}", "Sessions open now.");
        _messages = _meter.CreateCounter<long>("mail.smtp.server.messages", "{message}", "Messages, by result.");
        _size = _meter.CreateHistogram<long>("mail.smtp.server.message.size", "By", "Size of accepted messages.");
        _refusals = _meter.CreateCounter<long>("mail.smtp.server.refusals", "{command}", "Commands refused, by verb and code.");
        _handshakes = _meter.CreateCounter<long>("mail.smtp.server.handshakes", "{handshake}", "TLS handshakes, by result.");
        _turnedAway = _meter.CreateCounter<long>("mail.smtp.server.turned_away", "{connection}", "Connections refused because a limit was reached, by limit.");
        _loginsTurnedAway = _meter.CreateCounter<long>("mail.smtp.server.logins_turned_away", "{exchange}", "AUTH exchanges refused because too many logins had failed, by limit.");
        _authentications = _meter.CreateCounter<long>("mail.smtp.server.authentications", "{exchange}", "AUTH exchanges, by mechanism and result.");
    }

    /// <summary>Counts a connection that its listener refused. Sessions do not call it: a listener does, for each.</summary>
    public void TurnedAway(SmtpConnectionLimit limit)
    {
        if (_turnedAway.Enabled)
            Measure(_turnedAway, 1, new KeyValuePair<string, object?>("limit", limit.ToString()));
    }

    /// <summary>Counts a login that its listener did not let begin. Sessions do not call it: a listener does, for each.</summary>
    public void LoginTurnedAway(SmtpConnectionLimit limit)
    {
        if (_loginsTurnedAway.Enabled)
            Measure(_loginsTurnedAway, 1, new KeyValuePair<string, object?>("limit", limit.ToString()));
    }

    /// <summary>Disposes the meter.</summary>
    public void Dispose() => _meter.Dispose();

    internal void SessionStarted() => Measure(_active, 1);

    internal void SessionEnded(SessionEndReason reason)
    {
        Measure(_active, -1);
        if (_sessions.Enabled)
            Measure(_sessions, 1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    internal void Message(string result) => Measure(_messages, 1, new KeyValuePair<string, object?>("result", result));

    internal void MessageSize(long size) => Measure(_size, size);

    internal void Refused(Smtp.SmtpVerb verb, int code)
    {
        if (_refusals.Enabled)
            Measure(_refusals, 1, new("verb", verb.ToString()), new("code", code));
    }

    internal void HandshakeFailed(string reason) => Measure(_handshakes, 1, new("result", "failed"), new("reason", reason));

    internal void Handshake(string result) => Measure(_handshakes, 1, new KeyValuePair<string, object?>("result", result));

    internal void Authentication(string mechanism, string result) => Measure(_authentications, 1, new("mechanism", mechanism), new("result", result));

    // A listener that throws must not break off a session.
    private static void Measure(Instrument<long> instrument, long value, params ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        try
        {
            switch (instrument)
            {
                case Counter<long> counter:
                    counter.Add(value, labels);
                    break;
                case UpDownCounter<long> counter:
                    counter.Add(value, labels);
                    break;
                case Histogram<long> histogram:
                    histogram.Record(value, labels);
                    break;
            }
        }
        catch (Exception)
        {
            // Its own affair.
        }
    }
}
