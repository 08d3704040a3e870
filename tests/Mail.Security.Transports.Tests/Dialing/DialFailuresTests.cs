namespace Mail.Security.Transports.Tests;

public sealed class DialFailuresTests
{
    [Fact]
    public void Blame_EveryReason_HasSomebodyToBlame()
    {
        Assert.All(Enum.GetValues<DialFailure>(), reason => Assert.True(Enum.IsDefined(reason.Blame())));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((DialFailure)200).Blame());
    }

    [Theory]
    [InlineData(DialFailure.Refused, DialBlame.Target, false)]
    [InlineData(DialFailure.Unreachable, DialBlame.Target, true)]
    [InlineData(DialFailure.Other, DialBlame.Self, false)]
    [InlineData(DialFailure.NotAllowed, DialBlame.Self, false)]
    [InlineData(DialFailure.ProxyUnreachable, DialBlame.Proxy, false)]
    [InlineData(DialFailure.ProxyLoginRefused, DialBlame.Proxy, false)]
    [InlineData(DialFailure.ProxyFailed, DialBlame.Unclear, false)]
    [InlineData(DialFailure.ProxyRequestTimeout, DialBlame.Unclear, false)]
    [InlineData(DialFailure.ProxyNetworkUnreachable, DialBlame.Target, true)]
    [InlineData(DialFailure.ProxyHostUnreachable, DialBlame.Target, false)]
    [InlineData(DialFailure.ProxyAddressType, DialBlame.Target, true)]
    public void Reason_Asked_SaysWhoseItIs(DialFailure reason, DialBlame blame, bool withoutRoute) =>
        Assert.Equal((blame, withoutRoute), (reason.Blame(), reason.IsWithoutRoute()));
}
