using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class ConnectionPlacesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "TooManyFromAddress")]
    [InlineData("192.0.2.1", "192.0.2.2", "Admitted")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "TooManyFromAddress")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "TooManyFromAddress")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", "Admitted")]
    [InlineData("2001:db8::1", "2001:db8::2", "TooManyFromAddress")]       // one /64
    [InlineData("2001:db8::1", "2001:db8:0:1::1", "Admitted")]
    [InlineData("fe80::1%3", "fe80::1%4", "TooManyFromAddress")]
    [InlineData(null, null, "TooManyFromAddress")]
    public void EnterAs_SecondClient_CountsByAddress(string? first, string? second, string verdict)
    {
        var places = Places(options => (options.MaxConnectionsPerAddress, options.MaxConnectionsPerNetwork) = (1, 10));

        Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address(first)));
        Assert.Equal(verdict, places.EnterAs(Address(second)).ToString());
    }

    [Theory]
    [InlineData(24, 48, "192.0.2.1", "192.0.2.254", "TooManyFromNetwork")]
    [InlineData(24, 48, "192.0.2.1", "192.0.3.1", "Admitted")]
    [InlineData(24, 48, "192.0.2.1", "::ffff:192.0.2.9", "TooManyFromNetwork")]
    [InlineData(24, 48, "::ffff:192.0.2.1", "::ffff:198.51.100.1", "Admitted")]
    [InlineData(23, 48, "192.0.2.1", "192.0.3.1", "TooManyFromNetwork")]
    [InlineData(25, 48, "192.0.2.1", "192.0.2.129", "Admitted")]
    [InlineData(24, 48, "2001:db8:1:1::1", "2001:db8:1:ffff::1", "TooManyFromNetwork")]
    [InlineData(24, 48, "2001:db8:1::1", "2001:db8:2::1", "Admitted")]
    [InlineData(24, 44, "2001:db8:1::1", "2001:db8:2::1", "TooManyFromNetwork")]
    [InlineData(24, 64, "2001:db8:1:1::1", "2001:db8:1:2::1", "Admitted")]
    public void EnterAs_SecondClient_CountsByNetwork(int v4, int v6, string first, string second, string verdict)
    {
        var places = Places(options => (options.MaxConnectionsPerNetwork, options.IPv4NetworkPrefix, options.IPv6NetworkPrefix) = (1, v4, v6));

        Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address(first)));
        Assert.Equal(verdict, places.EnterAs(Address(second)).ToString());
    }

    [Theory]
    [InlineData(56, "2001:db8:0:1::1", "2001:db8:0:2::1", "TooManyFromAddress")]
    [InlineData(128, "2001:db8::1", "2001:db8::2", "Admitted")]
    public void EnterAs_LengthOfAnIPv6Client_IsConfigurable(int length, string first, string second, string verdict)
    {
        var places = Places(options => (options.MaxConnectionsPerAddress, options.MaxConnectionsPerNetwork, options.IPv6ClientPrefix) = (1, 10, length));

        Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address(first)));
        Assert.Equal(verdict, places.EnterAs(Address(second)).ToString());
    }

    [Fact]
    public void EnterAs_NothingSaidOfNetworks_GivesFourAddressesToOne()
    {
        var places = Places(options => options.MaxConnectionsPerAddress = 2);
        foreach (var host in Enumerable.Range(1, 8))
            Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address($"192.0.2.{host}")));

        Assert.Equal(ConnectionVerdict.TooManyFromNetwork, places.EnterAs(Address("192.0.2.9")));
    }

    [Fact]
    public void Leave_AfterTheLastPlaceWasTaken_MakesRoom()
    {
        var places = Places(_ => { }, max: 1);
        places.Enter();
        Assert.Equal(ConnectionVerdict.TooMany, places.Enter());

        places.Leave();

        Assert.Equal(ConnectionVerdict.Admitted, places.Enter());
    }

    [Fact]
    public void LeaveAs_LastOfAClient_ForgetsIt()
    {
        var places = Places(options => (options.MaxConnectionsPerAddress, options.MaxConnectionsPerNetwork) = (2, 2));
        places.EnterAs(Address("192.0.2.1"));
        places.EnterAs(Address("::ffff:192.0.2.1"));
        Assert.Equal(1, places.Clients);

        places.LeaveAs(Address("192.0.2.1"));
        places.LeaveAs(Address("192.0.2.1"));

        Assert.Equal(0, places.Clients);
        Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address("192.0.2.7")));
        Assert.Equal(ConnectionVerdict.Admitted, places.EnterAs(Address("192.0.2.8")));
    }

    [Fact]
    public void EnterAs_MoreThanTheRate_IsTooFastUntilTheWindowHasSlidOn()
    {
        var places = Places(options => (options.MaxConnectionRatePerAddress, options.ConnectionRateWindow) = (4, TimeSpan.FromSeconds(60)));
        foreach (var _ in Enumerable.Range(0, 4))
            Assert.Equal(ConnectionVerdict.Admitted, ComeAndGo(places, "192.0.2.1"));
        Assert.Equal(ConnectionVerdict.TooFast, ComeAndGo(places, "192.0.2.1"));
        Assert.Equal(ConnectionVerdict.Admitted, ComeAndGo(places, "192.0.2.2"));

        _time.Advance(TimeSpan.FromSeconds(60));        // all four still reach into the window
        Assert.Equal(ConnectionVerdict.TooFast, ComeAndGo(places, "192.0.2.1"));
        _time.Advance(TimeSpan.FromSeconds(30));        // half of them do
        Assert.Equal(ConnectionVerdict.Admitted, ComeAndGo(places, "192.0.2.1"));
        Assert.Equal(ConnectionVerdict.Admitted, ComeAndGo(places, "192.0.2.1"));
        Assert.Equal(ConnectionVerdict.TooFast, ComeAndGo(places, "192.0.2.1"));
        _time.Advance(TimeSpan.FromMinutes(10));
        foreach (var _ in Enumerable.Range(0, 4))
            Assert.Equal(ConnectionVerdict.Admitted, ComeAndGo(places, "192.0.2.1"));
    }

    private static ConnectionVerdict ComeAndGo(ConnectionPlaces places, string address)
    {
        var verdict = places.EnterAs(Address(address));
        if (verdict == ConnectionVerdict.Admitted)
            places.LeaveAs(Address(address));
        return verdict;
    }

    private ConnectionPlaces Places(Action<SmtpListenerOptions> configure, int max = 100)
    {
        var options = new SmtpListenerOptions();
        configure(options);
        return new(options, max, _time);
    }

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);
}
