using Mail.Security;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Interop.Tests;

/// <summary>Answers are validated here, the first server cannot prove them, and unbound can.</summary>
[Collection(nameof(InteropWorld))]
public sealed class ResolverFailOverTests(InteropWorld world)
{
    [Theory, Trait("rfc", "4035#5.5")]
    [InlineData("another root", "ddee.test", "Secure")]
    [InlineData("another root", "nosuch.test", "Secure")]
    [InlineData("another root", "insecure.test", "Insecure")]
    [InlineData("no DNSSEC", "ddee.test", "Secure")]
    [InlineData("no DNSSEC", "insecure.test", "Insecure")]
    [InlineData("no DNSSEC", "dangling.test", "Secure")]
    public async Task GetMx_TheFirstServerProvesNothing_UnboundDoes(string kind, string name, string expected)
    {
        InteropWorld.Require();
        var cancel = TestContext.Current.CancellationToken;
        await using var liar = new SignedDnsServer();
        liar.AddZone("test").Add("ddee.test", DnsRecordType.Mx, "10 evil.test").Add("insecure.test", DnsRecordType.Mx, "10 evil.test");
        if (kind == "no DNSSEC")
            liar.DepartAlways(new SignedAnswerFault.Stripped());
        using var resolver = new DnssecResolver(new DnssecResolverOptions
        {
            Servers = [liar.EndPoint, DnsWorld.Resolver], Mode = DnssecMode.Validate, TrustAnchors = TrustAnchors.Parse(await File.ReadAllTextAsync(world.TrustAnchorFile, cancel)),
        });

        var answer = await resolver.GetMxAsync(DomainName.Parse(name), cancel);

        Assert.Equal(expected, answer switch
        {
            DnsAnswer<MxRecord>.Found found => found.Security.ToString(),
            DnsAnswer<MxRecord>.Absent absent => absent.Security.ToString(),
            DnsAnswer<MxRecord>.Failed failed => failed.Reason.ToString(),
            _ => "",
        });
        Assert.NotEmpty(liar.Queries);
    }

    [Theory, Trait("rfc", "4035#4.6")]
    [InlineData(DnssecMode.Validate, "and NSEC or NSEC3 records with what it denies")]
    [InlineData(DnssecMode.AdBit, "authentic")]
    public async Task ProbeAsync_Unbound_IsCapable(DnssecMode mode, string detail)
    {
        InteropWorld.Require();
        var cancel = TestContext.Current.CancellationToken;
        using var resolver = new DnssecResolver(new DnssecResolverOptions
        {
            Servers = [DnsWorld.Resolver], Mode = mode, AdTrust = AdTrust.Trust, ProbeName = DomainName.Parse("test"), TrustAnchors = TrustAnchors.Parse(await File.ReadAllTextAsync(world.TrustAnchorFile, cancel)),
        });

        var probe = Assert.Single(await resolver.ProbeAsync(cancel));

        Assert.Equal(ServerCapability.Capable, probe.Capability);
        Assert.Contains(detail, probe.Detail, StringComparison.Ordinal);
    }
}
