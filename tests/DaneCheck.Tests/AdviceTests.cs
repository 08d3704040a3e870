using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace DaneCheck.Tests;

/// <summary>What the check says is to be done: with the record to publish, whole, in the form of those that are there.</summary>
public sealed class AdviceTests
{
    [Theory]
    [InlineData("3 1 1", "give the server the key that is published, or, where the one it has is right, publish: {0}. IN TLSA 3 1 1 {1}")]
    [InlineData("3 1 2", "give the server the key that is published, or, where the one it has is right, publish: {0}. IN TLSA 3 1 2 {2}")]
    [InlineData("2 1 1", "give the server the key that is published, or, where the one it has is right, publish: {0}. IN TLSA 3 1 1 {1}")]
    [InlineData("1 1 1", "publish a record that mail can use: {0}. IN TLSA 3 1 1 {1}")]
    [InlineData("", "to protect the host publish: {0}. IN TLSA 3 1 1 {1}")]
    public async Task Advice_RecordsThatDoNotHelp_TheOneThatDoes(string form, string advice)
    {
        await using var world = new CheckWorld();
        if (form.Length > 0)
            world.Dns.AddTlsa(world.TlsaName, $"{form} {new string('0', form == "3 1 2" ? 128 : 64)}");

        var (_, report) = await world.CheckJsonAsync();
        var (_, output, _) = await world.CheckAsync();

        var wanted = string.Format(System.Globalization.CultureInfo.InvariantCulture, advice, world.TlsaName, Data(world, TlsaMatching.Sha256), Data(world, TlsaMatching.Sha512));
        Assert.Equal(wanted, report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("advice").GetString());
        Assert.Contains($"to mend  {wanted}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_NameMismatch_TheNameOrARecordWithoutNames()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var authority = root.CreateIntermediate();
        using var other = authority.Issue("other.example.com");
        await using var world = new CheckWorld(behaviour: new MailExchangerOptions { Tls = new SmtpPeerTls(other) { Chain = authority.Chain } });
        world.Publish(TlsaUsage.DaneTa, authority.Certificate);

        var (code, report) = await world.CheckJsonAsync();

        var address = report.GetProperty("hosts")[0].GetProperty("addresses")[0];
        Assert.Equal((1, "PeerRejected"), (code, address.GetProperty("failure").GetString()));
        Assert.StartsWith($"give the server a certificate for mx.example.com, or publish a record that looks at no name: {world.TlsaName}. IN TLSA 3 1 1 ", address.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_InsecureZone_DnssecComesFirst()
    {
        await using var world = new CheckWorld(DnsSecurity.Insecure);

        var (_, report) = await world.Publish().CheckJsonAsync();

        Assert.Equal("DANE begins with DNSSEC: the MX records are insecure; sign that zone, and have the one above publish its DS record", report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("advice").GetString());
    }

    [Fact]
    public async Task Advice_NoStartTls_ToSwitchItOn()
    {
        await using var world = new CheckWorld(behaviour: new MailExchangerOptions());

        var (_, report) = await world.Publish().CheckJsonAsync();

        Assert.StartsWith("switch STARTTLS on", report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, "must sign it anew")]
    [InlineData(22, "must answer for TLSA")]
    public async Task Advice_TlsaLookupFails_WhoseMatterItIs(ushort code, string word)
    {
        await using var world = new CheckWorld();
        world.Publish().Dns.Misbehave(world.TlsaName, DnsRecordType.Tlsa, new DnsServerFault.ResponseCode(2, new ExtendedDnsError(code, "")));

        var (_, report) = await world.CheckJsonAsync();

        var advice = report.GetProperty("hosts")[0].GetProperty("advice").GetString();
        Assert.Contains(word, advice, StringComparison.Ordinal);
        Assert.Contains($"--lookup {world.TlsaName} TLSA", advice, StringComparison.Ordinal);
    }

    private static string Data(CheckWorld world, TlsaMatching matching) => TlsaRecordMaker.FromCertificate(world.Certificate, matching: matching).ToString()["3 1 1 ".Length..];
}
