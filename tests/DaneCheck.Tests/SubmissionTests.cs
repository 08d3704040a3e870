using System.Globalization;
using System.Text.Json;
using Mail.Security;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>The real process against submission servers, given or named by SRV records (RFC 7673), and smarthosts.</summary>
[Trait("rfc", "7673#3")]
public sealed class SubmissionTests
{
    [Theory]
    [InlineData(SubmissionTls.StartTls, "starttls")]
    [InlineData(SubmissionTls.Implicit, "implicit")]
    public async Task Submission_HostAndPortGiven_IsVerifiedByDane(SubmissionTls tls, string option)
    {
        await using var world = new CheckWorld(tls: tls);
        world.Publish();

        var (code, report) = await RunAsync(world, "--submission", $"mx.example.com:{world.Port}", "--tls", option);

        Assert.Equal((0, "Verified", "Submission"), (code, Text(report, "verdict"), Text(report, "way")));
        var host = Assert.Single(report.GetProperty("hosts").EnumerateArray());
        Assert.Equal(("mx.example.com", world.Port, tls.ToString()), (Text(host, "host"), host.GetProperty("port").GetInt32(), Text(host, "tls")));
        Assert.Empty(report.GetProperty("lookups").EnumerateArray());
    }

    [Theory]
    [InlineData("_submissions._tcp.example.com", SubmissionTls.Implicit)]
    [InlineData("_submission._tcp.example.com", SubmissionTls.StartTls)]
    public async Task Submission_SecureSrv_EachServerByItsTlsa(string owner, SubmissionTls tls)
    {
        await using var world = new CheckWorld(tls: tls);
        world.Publish().Dns.AddSrv(owner, new SrvRecord(5, 0, (ushort)world.Port, DomainName.Parse(CheckWorld.Host)));

        var (code, report) = await RunAsync(world, "--submission", CheckWorld.Domain);

        Assert.Equal((0, "Verified"), (code, Text(report, "verdict")));
        Assert.Equal(["_submissions._tcp.example.com", "_submission._tcp.example.com"], report.GetProperty("lookups").EnumerateArray().Select(static lookup => Text(lookup, "name")));
        var host = Assert.Single(report.GetProperty("hosts").EnumerateArray());
        Assert.Equal((5, tls.ToString(), "Authenticate"), (host.GetProperty("preference").GetInt32(), Text(host, "tls"), Text(host.GetProperty("dane"), "decision")));
    }

    /// <summary>The certificate of a DANE-TA record may have the domain's name or that of the host.</summary>
    [Fact]
    [Trait("rfc", "7673#6")]
    public async Task Submission_SecureSrvAndDaneTa_BothNamesAreAccepted()
    {
        await using var world = new CheckWorld();
        world.Publish(TlsaUsage.DaneTa, world.Authority.Certificate).Dns.AddSrv("_submission._tcp.example.com", new SrvRecord(0, 0, (ushort)world.Port, DomainName.Parse(CheckWorld.Host)));

        var (code, report) = await RunAsync(world, "--submission", CheckWorld.Domain);

        Assert.Equal(0, code);
        Assert.Equal(["mx.example.com", "example.com"], report.GetProperty("hosts")[0].GetProperty("dane").GetProperty("referenceNames").EnumerateArray().Select(static name => name.GetString()!));
    }

    public static TheoryData<DnsSecurity, bool, string, int, string> WithoutDane => new()
    {
        // Security of the SRV records; TLSA records published; name of the certificate; exit code; word of the sentence.
        { DnsSecurity.Secure, false, "mx.example.com", 3, "webpki" },
        { DnsSecurity.Secure, false, "example.net", 3, "webpki" },
        { DnsSecurity.Secure, false, "other.example", 1, "does not name example.net, and the certificate does not name mx.example.com" },
        { DnsSecurity.Insecure, true, "mx.example.com", 1, "does not name example.net" },
        { DnsSecurity.Insecure, true, "example.net", 3, "webpki" },
    };

    /// <summary>RFC 7673 §4.1: which name the certificate must have without usable TLSA records; and §3.1: behind insecure SRV records they do not count, and are not asked for.</summary>
    [Theory]
    [MemberData(nameof(WithoutDane))]
    [Trait("rfc", "7673#4.1")]
    public async Task Submission_SrvWithoutDane_TheNameDecides(DnsSecurity security, bool tlsa, string certificate, int exitCode, string word)
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        using var issued = authority.Issue(certificate);
        await using var world = new CheckWorld(behaviour: new MailExchangerOptions { Tls = new SmtpPeerTls(issued) });
        if (tlsa)
            world.Publish(of: issued);
        world.Dns.AddZone("example.net", security).AddSrv("_submission._tcp.example.net", new SrvRecord(0, 0, (ushort)world.Port, DomainName.Parse(CheckWorld.Host)));
        var roots = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(roots, authority.Certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
            var (code, report) = await RunAsync(world, "--submission", "example.net", "--ca", roots);

            Assert.Equal(exitCode, code);
            var host = report.GetProperty("hosts")[0];
            Assert.Contains(word, Text(host.GetProperty("addresses")[0], "sentence"), StringComparison.Ordinal);
            Assert.Equal("NotApplicable", Text(host.GetProperty("dane"), "decision"));
            Assert.Equal(exitCode == 1, Text(host.GetProperty("addresses")[0], "advice").StartsWith("give the server a certificate for example.net ", StringComparison.Ordinal));
            Assert.Equal(security == DnsSecurity.Secure, host.GetProperty("lookups").EnumerateArray().Any(static lookup => Text(lookup, "type") == "TLSA"));
        }
        finally
        {
            File.Delete(roots);
        }
    }

    [Theory]
    [InlineData("bogus", 1)]
    [InlineData("SERVFAIL", 75)]
    [InlineData("unavailable", 1)]
    public async Task Submission_NothingToConnectTo_SaysWhy(string what, int exitCode)
    {
        await using var world = new CheckWorld();
        foreach (var owner in new[] { "_submissions._tcp.example.com", "_submission._tcp.example.com" })
        {
            if (what == "unavailable")
                world.Dns.AddSrv(owner, new SrvRecord(0, 0, 0, default));
            else
                world.Dns.Misbehave(owner, DnsRecordType.Srv, what == "bogus" ? new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "")) : new DnsServerFault.ResponseCode(2));
        }

        var (code, report) = await RunAsync(world, "--submission", CheckWorld.Domain);

        Assert.Equal(exitCode, code);
        Assert.Empty(report.GetProperty("hosts").EnumerateArray());
        Assert.Contains("_submissions._tcp", Text(report, "sentence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_TlsaLookupFails_NothingIsDialed()
    {
        await using var world = new CheckWorld();
        world.Publish().Dns.Misbehave(world.TlsaName, DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(2));

        var (code, report) = await RunAsync(world, "--submission", $"mx.example.com:{world.Port}");

        Assert.Equal(75, code);
        Assert.Empty(report.GetProperty("hosts")[0].GetProperty("addresses").EnumerateArray());
    }

    [Theory]
    [InlineData(DnsSecurity.Secure, 0)]
    [InlineData(DnsSecurity.Insecure, 3)]
    public async Task Smarthost_HostAndPort_AsADeliveryToIt(DnsSecurity security, int exitCode)
    {
        await using var world = new CheckWorld(security);
        world.Publish();

        var (code, output, error) = await CheckWorld.RunAsync("--smarthost", $"mx.example.com:{world.Port}", "--resolver", world.Dns.EndPoint.ToString());

        Assert.Equal((exitCode, ""), (code, error));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"mx.example.com, port {world.Port}"), output, StringComparison.Ordinal);
        Assert.DoesNotContain("MX ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opportunistic", 3)]
    [InlineData("dane", 0)]
    public async Task Check_InsecureMx_HostIsHeldToDaneWhereTheOptionSaysSo(string policy, int exitCode)
    {
        await using var world = new CheckWorld();
        world.Publish().Dns.AddZone("example.net", DnsSecurity.Insecure).AddMx("example.net", 10, CheckWorld.Host);

        var (code, output, error) = await CheckWorld.RunAsync("example.net", "--insecure-mx", policy, "--resolver", world.Dns.EndPoint.ToString(), "--port", world.Port.ToString(CultureInfo.InvariantCulture));

        Assert.True(code == exitCode, output + error);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static async Task<(int Code, JsonElement Report)> RunAsync(CheckWorld world, params string[] arguments)
    {
        var (code, output, error) = await CheckWorld.RunAsync(["--json", "--resolver", world.Dns.EndPoint.ToString(), "--timeout", "5", .. arguments]);
        Assert.Equal("", error);
        return (code, JsonDocument.Parse(output).RootElement);
    }
}
