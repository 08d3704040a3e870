using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Transports.Tests;

public sealed class AddressVettingTests
{
    private static readonly IPAddress Own = IPAddress.Parse("8.8.4.4");

    [Theory]
    [InlineData("8.8.8.8", null)]
    [InlineData("2606:4700::1111", null)]
    [InlineData("127.0.0.1", "127.0.0.1 is an address of this host alone")]
    [InlineData("::1", "::1 is an address of this host alone")]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1 is an address of this host alone")]
    [InlineData("0.0.0.0", "0.0.0.0 is no address")]
    [InlineData("10.0.0.1", "10.0.0.1 is an address of a private network")]
    [InlineData("169.254.169.254", "169.254.169.254 is an address of one link")]
    [InlineData("100.64.0.1", "100.64.0.1 is an address shared behind a provider")]
    [InlineData("ff02::1", "ff02::1 is an address of a group")]
    [InlineData("192.0.2.1", "192.0.2.1 is an address for examples")]
    [InlineData("198.18.0.1", "198.18.0.1 is an address for measurements")]
    [InlineData("255.255.255.255", "255.255.255.255 is a reserved address")]
    [InlineData("8.8.4.4", "8.8.4.4 is an address of this host")]
    [InlineData("64:ff9b::8.8.4.4", "64:ff9b::808:404 is an address of this host")]
    public void Check_ByDefault_OnlyTheInternetAtLarge(string address, string? refusal) => Assert.Equal(refusal, Check(new(), address));

    [Theory]
    [InlineData("10.1.2.3", "10.1.0.0/16", true)]
    [InlineData("10.2.2.3", "10.1.0.0/16", false)]
    [InlineData("::ffff:10.1.2.3", "10.1.0.0/16", true)]
    [InlineData("fd00::1", "fd00::/8", true)]
    [InlineData("8.8.4.4", "8.8.4.4/32", true)]
    [InlineData("127.0.0.1", "127.0.0.0/8", true)]
    public void Check_AllowedNetworks_AreDialedWhateverTheyAre(string address, string allowed, bool dialed) =>
        Assert.Equal(dialed, Check(new AddressVettingOptions { AllowedNetworks = [IPNetwork.Parse(allowed)] }, address) is null);

    [Theory]
    [InlineData("127.0.42.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.1", false)]
    public void Check_LoopbackAllowed_ThatAndNoMore(string address, bool dialed) =>
        Assert.Equal(dialed, Check(new AddressVettingOptions { Loopback = AddressUse.Allowed }, address) is null);

    [Fact]
    public void Check_OwnInterfacesAllowed_OnlyWherePublic()
    {
        var options = new AddressVettingOptions { OwnInterfaces = AddressUse.Allowed };
        Assert.Null(Check(options, "8.8.4.4"));
        Assert.NotNull(Check(options, "10.0.0.1"));
    }

    [Fact]
    public void Check_Refused_WithTheReason()
    {
        var vetting = new AddressVetting(null, Own.Equals);
        Assert.Equal(AddressRefusalReason.Own, vetting.Check(Own)?.Reason);
        Assert.Equal(AddressRefusalReason.NotPublic, vetting.Check(IPAddress.Loopback)?.Reason);
    }

    [Fact]
    public void OwnAddresses_OfThisHost_AreKnown()
    {
        var time = new FakeTimeProvider();
        var own = new OwnAddresses(time);
        var mine = NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).ToList();
        Assert.NotEmpty(mine);
        for (var round = 0; round < 2; round++)
        {
            Assert.All(mine, address => Assert.True(own.Contains(address)));
            Assert.All(mine.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6), address => Assert.True(own.Contains(new IPAddress(address.GetAddressBytes()))));
            Assert.False(own.Contains(IPAddress.Parse("192.0.2.77")));
            time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public async Task DialAsync_Vetted_RefusedAddressesAreNotDialed()
    {
        var inner = new HandDialer();
        inner.Connect("8.8.8.8");
        var dialer = new VettedDialer(inner, new AddressVetting());

        Assert.IsType<DialResult.Connected>(await dialer.DialAsync(IPEndPoint.Parse("8.8.8.8:25"), Rig.Stop));
        var failed = Assert.IsType<DialResult.Failed>(await dialer.DialAsync(IPEndPoint.Parse("[::ffff:10.0.0.1]:25"), Rig.Stop));

        Assert.Equal((DialFailure.NotAllowed, "::ffff:10.0.0.1 is an address of a private network"), (failed.Reason, failed.Detail));
        Assert.Equal(["8.8.8.8"], inner.Dialed);
    }

    [Fact]
    public void Options_Misuse_Throws()
    {
        Assert.Throws<ArgumentException>(() => new AddressVetting(new AddressVettingOptions { Loopback = (AddressUse)7 }));
        Assert.Throws<ArgumentException>(() => new AddressVetting(new AddressVettingOptions { OwnInterfaces = (AddressUse)7 }));
        Assert.Throws<ArgumentNullException>(() => new AddressVetting(new AddressVettingOptions { AllowedNetworks = null! }));
    }

    private static string? Check(AddressVettingOptions options, string address) => new AddressVetting(options, Own.Equals).Check(IPAddress.Parse(address))?.Detail;
}
