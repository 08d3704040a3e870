using System.Net;
using Mail.Security.Dnssec;

namespace Mail.Security.Delivery.Tests;

public sealed class HostAddressesTests
{
    private static readonly DomainName Name = DomainName.Parse("mx.a.test");
    private static readonly DomainName Target = DomainName.Parse("mx.b.test");

    [Theory, Trait("rfc", "7672#2.2.2")]
    [InlineData(DnsSecurity.Secure, DnsSecurity.Secure, DnsSecurity.Secure)]
    [InlineData(DnsSecurity.Secure, DnsSecurity.Insecure, DnsSecurity.Secure)]
    [InlineData(DnsSecurity.Insecure, DnsSecurity.Secure, DnsSecurity.Secure)]
    [InlineData(DnsSecurity.Insecure, DnsSecurity.Indeterminate, DnsSecurity.Insecure)]
    [InlineData(DnsSecurity.Indeterminate, DnsSecurity.Indeterminate, DnsSecurity.Indeterminate)]
    [Trait("dukhovni", "either-family")]
    public void Join_BothFamilies_TheBetterSecurityCounts(DnsSecurity six, DnsSecurity four, DnsSecurity expected)
    {
        var found = Assert.IsType<HostAddresses.Found>(HostAddresses.Join(Found("2001:db8::1", six, Name), Found("192.0.2.1", four, Target)));
        Assert.Equal(expected, found.Security);
        Assert.Equal(four > six ? Target : Name, found.ExpandedHost);
        Assert.Equal(["2001:db8::1", "192.0.2.1"], found.Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void Join_OneFamilyFailed_TheOtherIsUsed()
    {
        var failed = new DnsAnswer<IPAddress>.Failed(DnsFailure.Timeout, null, "x");
        Assert.Equal(["192.0.2.1"], Assert.IsType<HostAddresses.Found>(HostAddresses.Join(failed, Found("192.0.2.1", DnsSecurity.Secure, Name))).Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public void Join_OneFailedOtherAbsent_UnknownNotNone()
    {
        var failed = new DnsAnswer<IPAddress>.Failed(DnsFailure.Timeout, null, "x");
        var absent = new DnsAnswer<IPAddress>.Absent(DnsAbsence.NoData, Name, DnsSecurity.Secure, TimeSpan.Zero, []);
        Assert.IsType<HostAddresses.Unknown>(HostAddresses.Join(failed, absent));
        Assert.IsType<HostAddresses.Unknown>(HostAddresses.Join(absent, failed));
        Assert.IsType<HostAddresses.None>(HostAddresses.Join(absent, absent));
    }

    private static DnsAnswer<IPAddress>.Found Found(string address, DnsSecurity security, DomainName canonical) => new([IPAddress.Parse(address)], canonical, security, TimeSpan.FromMinutes(1), []);
}
