using System.Net;
using System.Text;

namespace Mail.Security.Transports.Tests;

public sealed class ProxyHeaderWriterTests
{
    [Theory]
    [InlineData(ProxyHeaderCommand.Proxy, "198.51.100.9:4096", "198.51.100.1:25", "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "[2001:db8::2]:25", "PROXY TCP6 2001:db8::1 2001:db8::2 4096 25\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, "[fe80::1%3]:4096", "[2001:db8::2]:25", "PROXY TCP6 fe80::1 2001:db8::2 4096 25\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, "[::ffff:198.51.100.9]:4096", "198.51.100.1:25", "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "198.51.100.1:25", "PROXY UNKNOWN\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, null, "198.51.100.1:25", "PROXY UNKNOWN\r\n")]
    [InlineData(ProxyHeaderCommand.Proxy, "198.51.100.9:4096", null, "PROXY UNKNOWN\r\n")]
    [InlineData(ProxyHeaderCommand.Local, "198.51.100.9:4096", "198.51.100.1:25", "PROXY UNKNOWN\r\n")]
    public void Write_Version1_TheLine(ProxyHeaderCommand command, string? source, string? destination, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(ProxyHeaderWriter.Write(ProxyHeaderVersion.V1, command, End(source), End(destination))));

    [Fact]
    public void Write_Version1_NeverLongerThanALineMayBe() => Assert.InRange(
        ProxyHeaderWriter.Write(ProxyHeaderVersion.V1, ProxyHeaderCommand.Proxy, End("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"), End("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")).Length, 1, 107);

    [Theory]
    [InlineData(ProxyHeaderCommand.Proxy, "198.51.100.9:4096", "198.51.100.1:25", "21 11 000C C6336409 C6336401 1000 0019")]
    [InlineData(ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "[2001:db8::2]:25", "21 21 0024 20010DB8000000000000000000000001 20010DB8000000000000000000000002 1000 0019")]
    [InlineData(ProxyHeaderCommand.Proxy, "[2001:db8::1]:4096", "198.51.100.1:25", "21 00 0000")]
    [InlineData(ProxyHeaderCommand.Proxy, null, null, "21 00 0000")]
    [InlineData(ProxyHeaderCommand.Local, "198.51.100.9:4096", "198.51.100.1:25", "20 00 0000")]
    public void Write_Version2_TheBlock(ProxyHeaderCommand command, string? source, string? destination, string expected) => Assert.Equal(
        "0D0A0D0A000D0A515549540A" + expected.Replace(" ", "", StringComparison.Ordinal),
        Convert.ToHexString(ProxyHeaderWriter.Write(ProxyHeaderVersion.V2, command, End(source), End(destination))));

    private static IPEndPoint? End(string? text) => text is null ? null : IPEndPoint.Parse(text);
}
