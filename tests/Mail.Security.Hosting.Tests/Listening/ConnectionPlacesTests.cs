using System.Net;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class ConnectionPlacesTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]       // one /64
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    [InlineData(null, null, false)]
    public void Enter_SecondClient_CountsByAddress(string? first, string? second, bool admitted)
    {
        var places = new ConnectionPlaces(10, 1);

        Assert.Equal(ConnectionVerdict.Admitted, places.Enter(Address(first)));
        Assert.Equal(admitted ? ConnectionVerdict.Admitted : ConnectionVerdict.TooManyFromAddress, places.Enter(Address(second)));
    }

    [Fact]
    public void Leave_AfterTheLastPlaceWasTaken_MakesRoom()
    {
        var places = new ConnectionPlaces(1, 1);
        places.Enter(IPAddress.Loopback);
        Assert.Equal(ConnectionVerdict.TooMany, places.Enter(IPAddress.IPv6Loopback));

        places.Leave(IPAddress.Loopback);

        Assert.Equal(ConnectionVerdict.Admitted, places.Enter(IPAddress.IPv6Loopback));
    }

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);
}
