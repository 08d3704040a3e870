using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Conformance.Rfc4035.Section_5_3_3;

/// <summary>A validated answer is kept no longer than the least of all its times.</summary>
public sealed class TimeToLiveTests
{
    private static readonly Dictionary<string, (string Ask, int Seconds, SignedAnswerFault[] Faults)> Rows = new(StringComparer.Ordinal)
    {
        ["as it was signed"] = ("a.z.test A", 300, []),
        ["raised above what was signed"] = ("a.z.test A", 300, [new SignedAnswerFault.OtherTtl(TimeSpan.FromDays(7))]),
        ["less than was signed"] = ("a.z.test A", 20, [new SignedAnswerFault.OtherTtl(TimeSpan.FromSeconds(20))]),
        ["of one record less"] = ("a.z.test A", 7, [new SignedAnswerFault.Rewritten(static answer => answer with { Answers = [answer.Answers[0] with { Ttl = TimeSpan.FromSeconds(7) }, .. answer.Answers.Skip(1)] })]),
        ["of the signature less"] = ("a.z.test A", 9, [new SignedAnswerFault.Rewritten(static answer => answer.Select(static record => record.Type == DnsRecordType.Rrsig ? record with { Ttl = TimeSpan.FromSeconds(9) } : record))]),
        ["the signature expires before"] = ("a.z.test A", 30, [new SignedAnswerFault.Resigned(new SignatureChange { Expiration = TimeSpan.FromSeconds(30) })]),
        ["of an alias less"] = ("alias.z.test A", 11, [new SignedAnswerFault.Rewritten(static answer => answer.Select(static record => record.Type == DnsRecordType.Cname ? record with { Ttl = TimeSpan.FromSeconds(11) } : record))]),
        ["of a denial"] = ("nosuch.z.test A", 60, []),
        ["of a denial raised"] = ("nosuch.z.test A", 60, [new SignedAnswerFault.OtherTtl(TimeSpan.FromDays(7))]),
        ["of a denial whose signature expires before"] = ("nosuch.z.test A", 40, [new SignedAnswerFault.Resigned(new SignatureChange { Expiration = TimeSpan.FromSeconds(40) }, DnsRecordType.Nsec)]),
        ["of a wildcard's denial less"] = ("y.wild.z.test A", 5, [new SignedAnswerFault.Rewritten(static answer => answer with { Authority = [.. answer.Authority.Select(static record => record with { Ttl = TimeSpan.FromSeconds(5) })] })]),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory, MemberData(nameof(Names)), Trait("rfc", "4035#5.3.3")]
    public async Task Answer_Validated_KeptForTheLeastTime(string name)
    {
        var (ask, seconds, faults) = Rows[name];
        await using var world = new ConformanceWorld(new ConformanceCase(name, ask, "", ""));
        world.On(ask, faults);
        using var resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [world.Server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = world.Server.TrustAnchors }, world.Time);

        var answer = await resolver.GetAAsync(DomainName.Parse(ask.Split(' ')[0]), TestContext.Current.CancellationToken);

        var (security, ttl) = answer switch
        {
            DnsAnswer<System.Net.IPAddress>.Found found => (found.Security, found.Ttl),
            DnsAnswer<System.Net.IPAddress>.Absent absent => (absent.Security, absent.Ttl),
            _ => throw new ArgumentException(answer.ToString()),
        };
        Assert.Equal((DnssecLinkState.Secure, DnsSecurity.Secure, TimeSpan.FromSeconds(seconds)), (answer.Chain[^1].State, security, ttl));
    }
}
