using System.Net;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Dnssec.Tests;

public sealed class ReverseNameTests
{
    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("0.0.0.0", "0.0.0.0.in-addr.arpa")]
    [InlineData("::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::cb01", "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    [InlineData("fe80::1%1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa")]
    [Trait("rfc", "1035#3.5")]
    public void Of_Address_ItsNameInTheReverseTree(string address, string name) => Assert.Equal(name, ReverseName.Of(IPAddress.Parse(address)).Ascii);

    [Property]
    public void Of_AnyIPv6Address_ReadsBack(byte[] octets)
    {
        var address = new IPAddress([0x20, .. octets.Concat(new byte[15]).Take(15)]);
        var labels = ReverseName.Of(address).Ascii.Split('.');
        Assert.Equal(34, labels.Length);
        Assert.Equal(Convert.ToHexStringLower(address.GetAddressBytes()), string.Concat(labels[..32].Reverse()));
    }
}
