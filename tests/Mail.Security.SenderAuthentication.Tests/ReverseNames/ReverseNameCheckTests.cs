using System.Net;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.SenderAuthentication.Tests;

public sealed class ReverseNameCheckTests
{
    private readonly InMemoryResolver _dns = new();

    [Theory]
    [InlineData("192.0.2.1", "pass", "a.example")]
    [InlineData("::ffff:192.0.2.1", "pass", "a.example")]
    [InlineData("2001:db8::1", "pass", "b.example c.example")]
    [InlineData("192.0.2.2", "fail", "a.example gone.example")]
    [InlineData("192.0.2.3", "permerror", "")]
    [InlineData("192.0.2.4", "temperror", "")]
    [InlineData("192.0.2.5", "temperror", "")]
    [InlineData("192.0.2.6", "pass", "d.example")]
    [Trait("rfc", "8601#2.7.3")]
    public async Task Check_Address_WhetherItsNamesLeadBack(string address, string expected, string names)
    {
        _dns.AddPtr("192.0.2.1", "a.example").AddAddress("a.example", "192.0.2.1").AddPtr("2001:db8::1", "b.example").AddPtr("2001:db8::1", "c.example").AddAddress("b.example", "2001:db8::1").AddAddress("c.example", "2001:db8::1")
            .AddPtr("192.0.2.2", "a.example").AddPtr("192.0.2.2", "gone.example")
            .Fail(ReverseName.Of(IPAddress.Parse("192.0.2.4")).Ascii, DnsRecordType.Ptr, DnsFailure.Timeout)
            .AddPtr("192.0.2.5", "broken.example").Fail("broken.example", DnsRecordType.A, DnsFailure.ServerFailure)
            .AddPtr("192.0.2.6", "broken.example").AddPtr("192.0.2.6", "d.example").AddAddress("d.example", "192.0.2.6");
        var result = await new ReverseNameCheck(_dns).CheckAsync(IPAddress.Parse(address), TestContext.Current.CancellationToken);
        Assert.Equal((expected, names), (result.Keyword, string.Join(' ', result switch { ReverseNameResult.Pass(var back) => back, ReverseNameResult.Fail(var looked) => looked, _ => [] })));
    }

    [Theory]
    [InlineData(3, "pass")]
    [InlineData(2, "fail")]
    [Trait("rfc", "8601#3")]
    public async Task Check_ManyNames_OnlySoManyAreLookedAt(int most, string expected)
    {
        for (var at = 1; at <= 5; at++)
            _dns.AddPtr("192.0.2.1", $"h{at}.example").AddAddress($"h{at}.example", at == 3 ? "192.0.2.1" : "10.0.0.1");
        Assert.Equal(expected, (await new ReverseNameCheck(_dns, most).CheckAsync(IPAddress.Parse("192.0.2.1"), TestContext.Current.CancellationToken)).Keyword);
        Assert.Equal(most, _dns.Queries.Count(static query => query.Type == DnsRecordType.A));
    }

    [Fact]
    public async Task Check_Security_TheLeastOfBothWays()
    {
        _dns.AddPtr("192.0.2.1", "a.example").AddAddress("a.example", "192.0.2.1", DnsSecurity.Insecure);
        Assert.Equal(DnsSecurity.Insecure, (await new ReverseNameCheck(_dns).CheckAsync(IPAddress.Parse("192.0.2.1"), TestContext.Current.CancellationToken)).Security);
    }
}
