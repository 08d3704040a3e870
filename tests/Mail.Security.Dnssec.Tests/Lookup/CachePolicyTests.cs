namespace Mail.Security.Dnssec.Tests.Lookup;

public sealed class CachePolicyTests
{
    private static readonly CachePolicy Policy = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 3);

    [Fact]
    [Trait("rfc", "2308#7")]
    public void Failure_EveryReason_KeptOnlyWhereAServerSaidIt()
    {
        foreach (var reason in Enum.GetValues<DnsFailure>())
        {
            var seconds = reason switch
            {
                DnsFailure.Bogus => 30,
                DnsFailure.Unspecified or DnsFailure.Timeout or DnsFailure.Network or DnsFailure.Mismatched => 0,
                _ => 5,
            };
            Assert.Equal((reason, TimeSpan.FromSeconds(seconds)), (reason, Policy.Failure(reason)));
        }
    }

    [Theory]
    [InlineData(0u, 0, 0)]
    [InlineData(3600u, 3600, 3600)]
    [InlineData(3601u, 3601, 3600)]
    [InlineData(uint.MaxValue, 86400, 3600)]
    public void Positive_Negative_AtMostTheBound(uint seconds, int positive, int negative) =>
        Assert.Equal((TimeSpan.FromSeconds(positive), TimeSpan.FromSeconds(negative)), (Policy.Positive(seconds), Policy.Negative(seconds)));
}
