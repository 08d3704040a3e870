using System.Net;
using Mail.Security.Testing;
using static Mail.Security.Testing.SignedAnswerFault;

namespace Mail.Security.Dnssec.Tests.Servers;

/// <summary>A server whose words cost as much as is allowed spoils nothing for one that is honest, and a zone that is costly at each step ends within the limit for one answer.</summary>
public sealed class CostlyServerTests : ResolverTest
{
    private readonly SignedWorld _honest;
    private readonly SignedWorld _costly;

    public CostlyServerTests()
    {
        _honest = new(Time);
        _costly = new(Time, _honest);
    }

    /// <summary>DS records denied by many sets of many signatures, and keys that all have the tag of the one that is vouched for, by each digest anew.</summary>
    [Theory]
    [Trait("rfc", "4035#5.5")]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 5)]
    public async Task Get_OneServerIsCostlyAtEachZone_TheOtherIsBelieved(int digests, int zones)
    {
        var options = new SignedZoneOptions { Algorithms = [DnssecTestAlgorithm.RsaSha256], DigestTypes = digests == 1 ? [2] : [2, 4] };
        var name = "y.test";
        for (var zone = 0; zone < zones; zone++, name = $"y.{name}")
        {
            var parent = name[2..];
            var tag = _honest.Add(name, options).Add(name, DnsRecordType.A, "192.0.2.1").Keys.Single(static one => one.Use == DnssecKeyUse.Keys).Key.Tag;
            _costly.Add(name, options).Add(name, DnsRecordType.A, "192.0.2.1");
            _costly.Server.Depart(name, DnsRecordType.Ds, new Rewritten(answer => new(0, [], Denials(parent, answer.Answers.First(static one => one.Type == DnsRecordType.Rrsig)))));
            var decoys = Enumerable.Range(0, 40).Select(_ => DnssecTestKey.CreateDecoy(tag, DnssecTestKey.KeySigningFlags).Data).ToList();
            _costly.Server.Depart(name, DnsRecordType.Dnskey, new Rewritten(answer => answer with
            {
                Answers = [.. decoys.Select(data => answer.Answers.First(static one => one.Type == DnsRecordType.Dnskey) with { Data = data }), answer.Answers.First(static one => one.Type == DnsRecordType.Rrsig)],
            }));
        }
        using var resolver = Make(_costly.EndPoint, _honest.EndPoint);

        var answer = await resolver.GetAAsync(Name(name[2..]), Ct);

        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<IPAddress>.Found>(answer).Security);
    }

    /// <summary>A name of many labels, each of which is a question with a costly answer that is believed.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    public async Task Find_EachStepIsCostly_EndsWithinTheLimitOfOneAnswer(int checks)
    {
        var name = string.Join('.', Enumerable.Repeat("a", 60)) + ".z.test";
        _costly.Zone.Add(name, DnsRecordType.A, "192.0.2.1");
        _costly.Server.DepartAlways(new Rewritten(static answer => answer.Answers.Count == 0 && answer.Authority.FirstOrDefault(static one => one.Covered == DnsRecordType.Nsec) is { } signature
            ? answer with { Authority = [.. answer.Authority, .. Denials("z.test", signature, sets: 6)] } : answer));
        _costly.Server.Depart(name, DnsRecordType.A, new MissingSignatures());
        var options = new DnssecResolverOptions { TrustAnchors = _costly.Server.TrustAnchors, MaxSignatureChecks = checks };
        using var meters = new DnssecMeters(null);
        using var exchange = new ServerExchange(_costly.EndPoint, DnssecMode.Validate, TimeSpan.FromMinutes(1), TimeProvider.System, meters);
        var (rules, upstream) = (new ValidationRules(options), new Upstream([new UpstreamServer(exchange, [], Time)], 1));
        var zones = new ZoneFinder(question => new Inquiry(upstream.AskAsync, question, meters), rules, new SetVerifier(TimeSpan.Zero, Sha1Use.Validate, Time), options, Time, Ct);
        var budget = rules.Budget();

        var state = Assert.IsType<ZoneState.Refused>(await zones.FindAsync(CanonicalName.Of(Name(name)), budget, Ct));

        Assert.Equal((DnsFailure.Bogus, 6), (state.Reason, (int)state.Error!.Code));
        // The zone that was being looked at when the limit was reached is looked at to its end.
        Assert.InRange(budget.Checked, checks, checks + 50);
        using var resolver = Make(_costly.EndPoint);
        var failed = Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(name), Ct));
        Assert.Equal(DnsFailure.Bogus, failed.Reason);
        Assert.Contains("more work than is done for one answer", failed.Detail, StringComparison.Ordinal);
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        await _honest.DisposeAsync();
        await _costly.DisposeAsync();
    }

    // Records of denial nobody signed, each with as many signatures as are tried.
    private static List<SignedDnsRecord> Denials(string zone, SignedDnsRecord signature, int sets = 16)
    {
        var records = new List<SignedDnsRecord>();
        byte[] next = [1, (byte)'y', .. zone.Split('.').SelectMany(static label => (byte[])[(byte)label.Length, .. label.Select(static letter => (byte)letter)]), 0, 0, 1, 0x40];
        for (var set = 0; set < sets; set++)
        {
            records.Add(new($"x{set}.{zone}", DnsRecordType.Nsec, TimeSpan.FromMinutes(1), next));
            for (var number = 1; number <= 8; number++)
            {
                byte[] data = [.. signature.Data.Span];
                (data[0], data[1], data[3], data[^1]) = (0, (byte)DnsRecordType.Nsec, (byte)(zone.Split('.').Length + 1), (byte)(data[^1] ^ number));
                records.Add(new($"x{set}.{zone}", DnsRecordType.Rrsig, TimeSpan.FromMinutes(1), data));
            }
        }
        return records;
    }

    private DnssecResolver Make(params IPEndPoint[] servers) =>
        Resolver(options => (options.Servers, options.Mode, options.TrustAnchors, options.Attempts) = (servers, DnssecMode.Validate, _honest.Server.TrustAnchors, 1));
}
