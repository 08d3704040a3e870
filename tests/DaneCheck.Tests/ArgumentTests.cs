using System.Net;
using DaneCheck.Arguments;
using DaneCheck.Running;
using Mail.Security.Dnssec;

namespace DaneCheck.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:53")]
    [InlineData("192.0.2.1:5353", "192.0.2.1:5353")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5353", "[2001:db8::1]:5353")]
    public void Read_Resolver_PortMayBeLeftOut(string value, string end) =>
        Assert.Equal([IPEndPoint.Parse(end)], new ArgumentReader(["example.com", "--resolver", value]).Read().Resolvers);

    [Theory]
    [InlineData("auto", DnssecMode.Auto)]
    [InlineData("ad", DnssecMode.AdBit)]
    [InlineData("validate", DnssecMode.Validate)]
    public void Read_Mode_ByItsName(string value, DnssecMode mode) => Assert.Equal(mode, new ArgumentReader([$"--mode={value}", "example.com"]).Read().Dnssec);

    public static TheoryData<string[]> Wrong => new()
    {
        Array.Empty<string>(), new[] { "a.example", "b.example" }, new[] { "not a domain" }, new[] { "--what", "example.com" }, new[] { "-x", "example.com" }, new[] { "example.com", "--port" },
        new[] { "example.com", "--port", "0" }, new[] { "example.com", "--port", "65536" }, new[] { "example.com", "--mode", "none" }, new[] { "example.com", "--resolver", "ns.example.com" },
        new[] { "example.com", "--ca", "missing.pem" }, new[] { "example.com", "--trust-anchor", "missing" }, new[] { "example.com", "--timeout", "1s" }, new[] { "example.com", "--limit", "0" }, new[] { "example.com", "--limit", "3601" },
        new[] { "example.com", "--resolver", "53" }, new[] { "example.com", "--resolver", "127.1:53" }, new[] { "example.com", "--json=yes" },
        new[] { "--lookup", ".", "MX" }, new[] { "--lookup", "..", "NS" }, new[] { "--lookup", "*", "NS" }, new[] { "--lookup", "a.*.example", "NS" }, new[] { "--lookup", "example.com" }, new[] { "--lookup", "example.com", "SPF" }, new[] { "--lookup", "example.com", "TYPE65536" }, new[] { "example.com", "--hello", "-" },
        new[] { "--submission" }, new[] { "--submission", "a.example:0" }, new[] { "--submission", "a.example:25", "--port", "25" }, new[] { "--submission=a.example" }, new[] { "--submission", "a.example", "--tls", "none" },
        new[] { "--submission", "--smarthost", "a.example" }, new[] { "--lookup", "--smarthost", "a.example", "MX" }, new[] { "a.example", "--tls", "implicit" }, new[] { "a.example:25" },
        new[] { "--make-record", "missing.pem" }, new[] { "--make-record", "/dev/null" }, new[] { "a.example", "--usage", "3" }, new[] { "a.example", "--next", "missing.pem" },
        new[] { "a.example", "--insecure-mx", "maybe" }, new[] { "--smarthost", "a.example", "--insecure-mx", "dane" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Read_WrongArguments_AreRefused(string[] arguments) => Assert.Throws<UsageException>(() => new ArgumentReader(arguments).Read());

    [Fact]
    public void Read_TrustAnchorFile_ItsKeys()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"example.com. IN DS 1234 13 2 {new string('A', 64)}\n");
            Assert.Equal(1234, Assert.Single(new ArgumentReader(["example.com", "--trust-anchor", file]).Read().Anchors!).KeyTag);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Process_WrongArguments_SaysWhyWithCode2()
    {
        var (code, output, error) = await CheckWorld.RunAsync("--nonsense");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--nonsense", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_Help_NamesEveryOption()
    {
        var (code, output, _) = await CheckWorld.RunAsync("--help");

        Assert.Equal(0, code);
        foreach (var option in new[] { "--lookup", "--resolver", "--mode", "--trust-anchor", "--ca", "--negative-trust-anchor", "--port", "--submission", "--smarthost", "--tls", "--insecure-mx", "--next", "--make-record", "--usage", "--selector", "--matching", "--hello", "--timeout", "--limit", "--json" })
            Assert.Contains(option, output, StringComparison.Ordinal);
    }
}
