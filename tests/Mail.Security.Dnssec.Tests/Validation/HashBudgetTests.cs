using System.Net;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Validation;

/// <summary>As many iterations as are allowed are also paid for.</summary>
[Trait("rfc", "9276#3.2")]
public sealed class HashBudgetTests : ResolverTest
{
    [Theory]
    [InlineData(0, null, 10_000)]
    [InlineData(150, null, 10_000)]
    [InlineData(249, null, 10_000)]
    [InlineData(250, null, 10_040)]
    [InlineData(2500, null, 100_040)]
    [InlineData(0, 100, 100)]
    [InlineData(2500, 100_040, 100_040)]
    public void MaxNsec3Hashes_GivenOrNot_PaysForTheIterations(int iterations, int? hashes, int expected)
    {
        var options = new DnssecResolverOptions { MaxNsec3Iterations = iterations, MaxNsec3Hashes = hashes };
        new DnssecResolver(options).Dispose();
        Assert.Equal(expected, options.Nsec3Hashes);
    }

    [Theory]
    [InlineData(150, 100)]
    [InlineData(150, 6_039)]
    [InlineData(2500, 10_000)]
    public void Constructor_HashesThatDoNotPayForTheIterations_AreRefused(int iterations, int hashes)
    {
        var refused = Assert.Throws<ArgumentException>(() => new DnssecResolver(new DnssecResolverOptions { MaxNsec3Iterations = iterations, MaxNsec3Hashes = hashes }));
        Assert.Contains($"Allow {40 * (iterations + 1)}, or fewer iterations", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The name of an IPv6 address, which has more labels than any other in use, in a zone that hashes as often as is allowed.</summary>
    [Theory]
    [InlineData(150)]
    [InlineData(2500)]
    public async Task GetPtr_NoSuchAddress_IsProvenWithinTheBudget(int iterations)
    {
        await using var world = new SignedWorld(Time);
        world.Add("ip6.arpa", new SignedZoneOptions { Denial = SignedZoneDenial.Nsec3, Iterations = (ushort)iterations }).Add("1.ip6.arpa", DnsRecordType.Txt, "here");
        var resolver = Resolver(options => (options.Servers, options.Mode, options.TrustAnchors, options.MaxNsec3Iterations) = ([world.EndPoint], DnssecMode.Validate, world.Server.TrustAnchors, iterations));
        var absent = Assert.IsType<DnsAnswer<DomainName>.Absent>(await resolver.GetPtrAsync(ReverseName.Of(IPAddress.Parse("2001:db8::1")), Ct));
        Assert.Equal((DnsSecurity.Secure, DnsAbsence.NoName), (absent.Security, absent.Kind));
    }
}
