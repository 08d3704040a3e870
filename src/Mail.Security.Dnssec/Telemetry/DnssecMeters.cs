using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mail.Security.Dnssec;

/// <summary>The meter and the activity source "Mail.Security.Dnssec". No label holds a name or an address; those stand in traces only.</summary>
internal sealed class DnssecMeters : IDisposable
{
    public const string Name = "Mail.Security.Dnssec";
    public static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter;
    private readonly Histogram<double> _lookups;
    private readonly Counter<long> _questions;
    private readonly Counter<long> _exchanges;
    private readonly Counter<long> _refused;

    public DnssecMeters(IMeterFactory? factory)
    {
        _meter = factory?.Create(Name) ?? new Meter(Name);
        _lookups = _meter.CreateHistogram<double>("mail.dns.lookup.duration", "s", "Lookups, by type, result and security.");
        _questions = _meter.CreateCounter<long>("mail.dns.questions", "{question}", "Questions of lookups, by source: cache, shared, server.");
        _exchanges = _meter.CreateCounter<long>("mail.dns.exchanges", "{exchange}", "Exchanges with a server, by transport and result.");
        _refused = _meter.CreateCounter<long>("mail.dns.refused_answers", "{answer}", "Answers that were not believed here, by the place of their server, type and result: Outvoted where that of another server was, Unproven where none was.");
    }

    public void Dispose() => _meter.Dispose();

    public void Questioned(string source) => _questions.Add(1, new KeyValuePair<string, object?>("source", source));

    public void Exchanged(string transport, DnsFailure? failure)
    {
        if (_exchanges.Enabled)
            _exchanges.Add(1, new("transport", transport), new("result", failure?.ToString() ?? "Answered"));
    }

    public void Refused(int place, Question question, string result)
    {
        if (_refused.Enabled)
            _refused.Add(1, new("server", place), new("type", DnssecTypes.Name(question.Type)), new("result", result));
    }

    public void LookedUp<T>(Question question, DnsAnswer<T> answer, TimeSpan taken, Activity? activity)
    {
        if (!_lookups.Enabled && activity is null)
            return;
        var (result, security) = answer switch
        {
            DnsAnswer<T>.Found found => ("Found", found.Security),
            DnsAnswer<T>.Absent absent => (absent.Kind.ToString(), absent.Security),
            DnsAnswer<T>.Failed failed => (failed.Reason.ToString(), DnsSecurity.Indeterminate),
            _ => throw new UnreachableException(),
        };
        _lookups.Record(taken.TotalSeconds, new("type", DnssecTypes.Name(question.Type)), new("result", result), new("security", security.ToString()));
        activity?.SetTag("dns.question.name", question.Name.Ascii).SetTag("dns.question.type", DnssecTypes.Name(question.Type))
            .SetTag("dns.result", result).SetTag("dns.security", security.ToString());
        if (answer is DnsAnswer<T>.Failed { Detail: var detail, Error: var error })
            activity?.SetTag("dns.extended_error", error?.Code).SetStatus(ActivityStatusCode.Error, detail);
    }
}
