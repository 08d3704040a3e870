using System.Net;
using System.Text;

namespace Mail.Security.Hosting.Tests.Intake;

public sealed class RelayRulesTests
{
    [Theory]
    [InlineData("127.0.0.1", "user@example.com", null)]
    [InlineData("127.9.9.9", "user@example.com", null)]
    [InlineData("::1", "user@example.com", null)]
    [InlineData("192.0.2.7", "user@example.com", null)]                          // the network given by the test
    [InlineData("192.0.3.7", "user@example.com", "550 5.7.1")]
    [InlineData("2001:db8::1", "user@example.com", "550 5.7.1")]
    [InlineData(null, "user@example.com", "550 5.7.1")]                          // a transport without addresses proves nothing
    [InlineData("127.0.0.1", "user@[192.0.2.1]", "550 5.1.2")]
    [InlineData("192.0.3.7", "user@[192.0.2.1]", "550 5.7.1")]
    [InlineData("192.0.3.7", "Postmaster", null)]
    [InlineData("192.0.3.7", "postmaster", null)]
    [InlineData(null, "POSTMASTER", null)]
    [InlineData("192.0.3.7", "postmaster@example.com", "550 5.7.1")]
    [Trait("rfc", "5321#4.5.1")]
    public void Judge_ClientAndRecipient_RelaysForItsNetworksOnly(string? client, string recipient, string? refusal)
    {
        var options = Options();
        options.RelayNetworks.Add(IPNetwork.Parse("192.0.2.0/24"));
        options.Postmaster = MailPath.Parse("admin@example.org");

        var verdict = new RelayRules(options).Judge(client is null ? null : IPAddress.Parse(client), null, PathOf(recipient));

        Assert.Equal(refusal, verdict is { } why ? $"{why.Code} {why.Status}" : null);
    }

    [Theory]
    [InlineData("192.0.3.7", "user@example.com", null)]
    [InlineData(null, "user@example.com", null)]
    [InlineData("192.0.3.7", "user@[192.0.2.1]", "550 5.1.2")]
    [InlineData("192.0.3.7", "Postmaster", "550 5.1.1")]
    public void Judge_ClientThatLoggedIn_MaySendToAnyDomain(string? client, string recipient, string? refusal)
    {
        var login = new SmtpServer.SmtpAuthentication("ann", "ann", "PLAIN");

        var verdict = new RelayRules(Options()).Judge(client is null ? null : IPAddress.Parse(client), login, PathOf(recipient));

        Assert.Equal(refusal, verdict is { } why ? $"{why.Code} {why.Status}" : null);
    }

    [Fact]
    public void Judge_PostmasterWithoutOneNamed_IsRefused() =>
        Assert.Equal(RelayRules.NoPostmaster, new RelayRules(Options()).Judge(IPAddress.Loopback, null, PathOf("postmaster")));

    [Fact]
    public void Route_BarePostmaster_GetsTheMailboxNamed()
    {
        var options = Options();
        options.Postmaster = MailPath.Parse("admin@example.org");
        var rules = new RelayRules(options);

        Assert.Equal("admin@example.org", rules.Route(new(PathOf("Postmaster"))).Path.ToString());
        Assert.Equal("user@example.com", rules.Route(new(PathOf("user@example.com"))).Path.ToString());
    }

    private static MailPath PathOf(string wire)
    {
        Assert.True(MailPath.TryParse(Encoding.UTF8.GetBytes(wire), out var path, out _));
        return path;
    }

    private static MailIntakeOptions Options() => new() { HostName = DomainName.Parse("relay.example.org") };
}
