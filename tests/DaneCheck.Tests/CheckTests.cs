using System.Text.Json;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>The real process against a DNS server and a mail exchanger of its own.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData(TlsaUsage.DaneEe, "dane-ee")]
    [InlineData(TlsaUsage.DaneTa, "dane-ta")]
    public async Task Check_SecureAndMatching_IsVerified(TlsaUsage usage, string method)
    {
        await using var world = new CheckWorld();
        world.Publish(usage, usage == TlsaUsage.DaneTa ? world.Authority.Certificate : null);

        var (code, report) = await world.CheckJsonAsync();

        Assert.Equal((0, "Verified"), (code, report.GetProperty("verdict").GetString()));
        var host = Assert.Single(report.GetProperty("hosts").EnumerateArray());
        Assert.Equal("Authenticate", host.GetProperty("dane").GetProperty("decision").GetString());
        Assert.Equal(["A", "AAAA", "TLSA"], host.GetProperty("lookups").EnumerateArray().Select(static lookup => lookup.GetProperty("type").GetString()!).Order());
        var address = Assert.Single(host.GetProperty("addresses").EnumerateArray());
        Assert.StartsWith(method, address.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal("Delivers", address.GetProperty("delivery").GetString());
        Assert.Equal("CN=mx.example.com", address.GetProperty("certificates")[0].GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Check_SecureAndMatching_PrintsEveryStepPlainly()
    {
        await using var world = new CheckWorld();

        var (code, output, error) = await world.Publish().CheckAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.DoesNotContain('\e', output);
        foreach (var step in new[] { "AD bit believed", "MX  example.com", "10 mx.example.com.", world.TlsaName, "usable  DANE-EE(3) SPKI(1) SHA2-256(1)", "certificate  CN=mx.example.com", "TLS floor  authenticate", "example.com: verified (exit code 0)" })
            Assert.Contains(step, output, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string, string> Cases => new()
    {
        { "mismatch", 1, "Failed", "Waits" },
        { "no STARTTLS", 1, "Failed", "Waits" },
        { "no STARTTLS, no records", 3, "Unprotected", "Delivers" },
        { "no records", 3, "Unprotected", "Delivers" },
        { "insecure zone", 3, "Unprotected", "Delivers" },
        { "only unusable records", 1, "Failed", "Delivers" },
        { "busy server", 75, "Unknown", "Waits" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Check_Departures_ExitCodeAndForecast(string what, int exitCode, string verdict, string delivery)
    {
        await using var world = what switch
        {
            "insecure zone" => new CheckWorld(DnsSecurity.Insecure),
            "no STARTTLS" or "no STARTTLS, no records" => new CheckWorld(behaviour: new MailExchangerOptions()),
            "busy server" => new CheckWorld(behaviour: new MailExchangerOptions().On(SmtpPeerMoment.Greeting, new SmtpPeerAction.Reply("421 4.3.2 later"))),
            _ => new CheckWorld(),
        };
        if (what is "mismatch")
            world.Publish(of: world.Authority.Certificate);
        else if (what is "only unusable records")
            world.Dns.AddTlsa(world.TlsaName, "1 1 1 " + new string('0', 64));
        else if (what is not ("no records" or "no STARTTLS, no records"))
            world.Publish();

        var (code, report) = await world.CheckJsonAsync();

        Assert.Equal((exitCode, verdict), (code, report.GetProperty("verdict").GetString()));
        var address = report.GetProperty("hosts")[0].GetProperty("addresses")[0];
        Assert.Equal((verdict, delivery), (address.GetProperty("verdict").GetString(), address.GetProperty("delivery").GetString()));
        Assert.NotEqual("", address.GetProperty("sentence").GetString());
    }

    [Fact]
    [Trait("rfc", "7671#5.1")]
    public async Task Check_CertificateWithoutReadableDate_IsShownAndVerified()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var certificate = root.Issue(CheckWorld.Host);
        using var spoiled = certificate.WithUnreadableEnd();
        await using var world = new CheckWorld(behaviour: new MailExchangerOptions { Tls = new SmtpPeerTls(spoiled) });
        world.Publish(of: spoiled);

        var (code, report) = await world.CheckJsonAsync();
        Assert.Equal((0, "Verified"), (code, report.GetProperty("verdict").GetString()));
        var shown = report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("certificates")[0];
        Assert.Equal((JsonValueKind.String, JsonValueKind.Null), (shown.GetProperty("notBefore").ValueKind, shown.GetProperty("notAfter").ValueKind));

        var (_, output, _) = await world.CheckAsync();
        Assert.Contains(" to (unreadable)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_Mismatch_ShowsTheKeyThatIsThere()
    {
        await using var world = new CheckWorld();
        world.Publish(of: world.Authority.Certificate);

        var (code, output, _) = await world.CheckAsync();

        Assert.Equal(1, code);
        Assert.Contains(Mail.Security.Dane.TlsaRecordMaker.FromCertificate(world.Certificate).ToString()["3 1 1 ".Length..], output, StringComparison.Ordinal);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, string> DnsFaults => new()
    {
        { "TLSA", "bogus", 1, "Failed" },
        { "TLSA", "SERVFAIL", 75, "Unknown" },
        { "MX", "bogus", 1, "Failed" },
        { "MX", "silence", 75, "Unknown" },
        { "A", "SERVFAIL", 75, "Unknown" },
    };

    [Theory]
    [MemberData(nameof(DnsFaults))]
    public async Task Check_DnsFault_IsToldAndNothingIsDialed(string type, string fault, int exitCode, string verdict)
    {
        await using var world = new CheckWorld();
        world.Publish();
        DnsServerFault departure = fault switch
        {
            "bogus" => new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "no signature")),
            "silence" => new DnsServerFault.Silence(),
            _ => new DnsServerFault.ResponseCode(2),
        };
        world.Dns.Misbehave(type switch { "TLSA" => world.TlsaName, "MX" => CheckWorld.Domain, _ => CheckWorld.Host }, Enum.Parse<DnsRecordType>(type, ignoreCase: true), departure);

        var (code, report) = await world.CheckJsonAsync("--timeout=2");

        Assert.Equal((exitCode, verdict), (code, report.GetProperty("verdict").GetString()));
        Assert.All(report.GetProperty("hosts").EnumerateArray(), static host => Assert.Empty(host.GetProperty("addresses").EnumerateArray()));
        var lookups = report.GetProperty("lookups").EnumerateArray().Concat(report.GetProperty("hosts").EnumerateArray().SelectMany(static host => host.GetProperty("lookups").EnumerateArray()));
        var failed = Assert.Single(lookups, static lookup => lookup.TryGetProperty("failure", out var failure) && failure.ValueKind == JsonValueKind.String);
        Assert.Equal(type, failed.GetProperty("type").GetString());
        if (fault == "bogus")
            Assert.Equal(6, failed.GetProperty("extendedError").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Check_DnsOutOfReach_IsTemporary()
    {
        var dns = new LoopbackDnsServer();
        var end = dns.EndPoint.ToString();
        await dns.DisposeAsync();

        var (code, output, error) = await CheckWorld.RunAsync(CheckWorld.Domain, "--resolver", end, "--timeout", "1");

        Assert.Equal((75, ""), (code, error));
        Assert.Contains("example.com: unknown (exit code 75)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ServerWithoutDnssec_ValidatingHereSaysSo()
    {
        await using var world = new CheckWorld();

        var (code, report) = await world.Publish().CheckJsonAsync("--mode", "validate");

        // The test server has no signatures: for one who validates that is a server that strips them.
        Assert.StartsWith("answers are validated here", report.GetProperty("resolver").GetString(), StringComparison.Ordinal);
        Assert.Contains(code, new[] { 1, 75 });
        Assert.NotEqual("Verified", report.GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("null MX", 1)]
    [InlineData("no such domain", 1)]
    public async Task Check_DomainWithoutMail_Fails(string what, int exitCode)
    {
        await using var world = new CheckWorld();
        world.Dns.Remove(CheckWorld.Domain, DnsRecordType.Mx);
        if (what == "null MX")
            world.Dns.AddMx(CheckWorld.Domain, 0, ".");
        else
            world.Dns.Misbehave(CheckWorld.Domain, DnsRecordType.Mx, new DnsServerFault.ResponseCode(3));

        var (code, report) = await world.CheckJsonAsync();

        Assert.Equal(exitCode, code);
        Assert.Empty(report.GetProperty("hosts").EnumerateArray());
        Assert.NotEqual("", report.GetProperty("sentence").GetString());
    }

    [Fact]
    public async Task Check_SecondHostFails_FailsAltogether()
    {
        await using var world = new CheckWorld();
        world.Publish().Dns.AddMx(CheckWorld.Domain, 20, "mx2.example.com").AddAddress("mx2.example.com", "127.0.0.1")
            .AddTlsa(world.TlsaName.Replace("mx.", "mx2.", StringComparison.Ordinal), "3 1 1 " + new string('0', 64));

        var (code, report) = await world.CheckJsonAsync();

        Assert.Equal(1, code);
        Assert.Equal(["Verified", "Failed"], report.GetProperty("hosts").EnumerateArray().Select(static host => host.GetProperty("verdict").GetString()!));
    }
}
