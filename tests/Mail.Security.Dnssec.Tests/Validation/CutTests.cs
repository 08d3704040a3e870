using DnsClient.Protocol;
using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests.Validation;

/// <summary>The NSEC records of both sides of a zone cut: that of the zone above is no answer for the zone that begins there.</summary>
public sealed class CutTests : ResolverTest
{
    [Theory]
    [Trait("rfc", "4035#3.1.5")]
    [InlineData("z.test", false, "Secure")]
    [InlineData("z.test", true, "Bogus 6")]
    [InlineData("plain.test", true, "Insecure")]
    public async Task GetRaw_NsecAtACut_OnlyThatOfTheChildIsSecure(string name, bool fromAbove, string expected)
    {
        await using var world = new SignedWorld(Time);
        var above = world.Add("up.test");
        var child = name.Replace(".test", ".up.test", StringComparison.Ordinal);
        world.Add(child, name == "z.test" ? new SignedZoneOptions() : new SignedZoneOptions { Delegation = SignedZoneDelegation.Unsigned });
        world.Server.Depart(child, DnsRecordType.Nsec, new SignedAnswerFault.Rewritten(_ => new(0,
            fromAbove ? world.Server.Denial(above, child) : [.. world.Server.Answer(child, DnsRecordType.Tlsa).Authority.Where(static record => record.Type == DnsRecordType.Nsec || record.Covered == DnsRecordType.Nsec)], [])));
        var resolver = Resolver(options => (options.Servers, options.Mode, options.TrustAnchors) = ([world.EndPoint], DnssecMode.Validate, world.Server.TrustAnchors));

        var answer = await resolver.GetRawAsync(Name(child), (ushort)ResourceRecordType.NSEC, Ct);

        Assert.Equal(expected, answer switch
        {
            DnsAnswer<DnsRecord>.Found found => found.Security.ToString(),
            DnsAnswer<DnsRecord>.Failed failed => $"{failed.Reason} {failed.Error?.Code}",
            _ => "Absent",
        });
    }
}
