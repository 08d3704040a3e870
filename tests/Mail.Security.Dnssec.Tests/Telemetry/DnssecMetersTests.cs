using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Telemetry;

public sealed class DnssecMetersTests : ResolverTest
{
    [Fact]
    public async Task Lookups_AreMeasured_WithoutANameInAnyLabel()
    {
        using var factory = new Factory();
        var seen = new ConcurrentBag<(string Instrument, string Labels)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, factory.Made))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => seen.Add((instrument.Name, Labels(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => seen.Add((instrument.Name, Labels(tags))));
        listener.Start();
        Server.AddAddress("mx.example.com", "192.0.2.1").Misbehave("bad.example.com", DnsRecordType.A, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "bad.example.com")));
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [Server.EndPoint] }, Time, factory);

        await resolver.GetAAsync(Name("mx.example.com"), Ct);
        await resolver.GetAAsync(Name("mx.example.com"), Ct);
        await resolver.GetAAsync(Name("bad.example.com"), Ct);
        await resolver.GetTxtAsync(Name("none.example.com"), Ct);

        Assert.Equal("Mail.Security.Dnssec", factory.Made!.Name);
        Assert.Equal(
        [
            "mail.dns.exchanges result=Answered transport=Udp", "mail.dns.exchanges result=Answered transport=Udp", "mail.dns.exchanges result=Bogus transport=Udp",
            "mail.dns.lookup.duration result=Bogus security=Indeterminate type=A", "mail.dns.lookup.duration result=Found security=Secure type=A",
            "mail.dns.lookup.duration result=Found security=Secure type=A", "mail.dns.lookup.duration result=NoName security=Secure type=TXT",
            "mail.dns.questions source=cache", "mail.dns.questions source=server", "mail.dns.questions source=server", "mail.dns.questions source=server",
        ], seen.Select(line => $"{line.Instrument} {line.Labels}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lookups_AreTraced_WithSecurityAndExtendedError()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Mail.Security.Dnssec",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        Server.Misbehave("traced.example", DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "")));
        await Resolver().GetTlsaAsync(Name("traced.example"), Ct);

        var activity = Assert.Single(ended, activity => (string?)activity.GetTagItem("dns.question.name") == "traced.example");
        Assert.Equal(("TLSA", "Bogus", (object)(ushort)6, ActivityStatusCode.Error),
            ((string?)activity.GetTagItem("dns.question.type"), (string?)activity.GetTagItem("dns.result"), activity.GetTagItem("dns.extended_error")!, activity.Status));
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));

    private sealed class Factory : IMeterFactory
    {
        public Meter? Made { get; private set; }

        public Meter Create(MeterOptions options) => Made = new Meter(options);

        public void Dispose() => Made?.Dispose();
    }
}
