using System.Net;

namespace Mail.Security.Testing.Tests.Dns;

/// <summary>Zones signed at run time; what a validation makes of their answers is in the conformance tables of Mail.Security.Dnssec.</summary>
public sealed class SignedDnsServerTests
{
    [Theory]
    [InlineData(SignedZoneDenial.Nsec, DnsRecordType.Nsec)]
    [InlineData(SignedZoneDenial.Nsec3, DnsRecordType.Nsec3)]
    [InlineData(SignedZoneDenial.Nsec3OptOut, DnsRecordType.Nsec3)]
    public async Task Answer_NoSuchName_SoaAndDenialEachSigned(SignedZoneDenial denial, DnsRecordType type)
    {
        await using var server = new SignedDnsServer();
        server.AddZone("example", new SignedZoneOptions { Denial = denial }).Add("a.example", DnsRecordType.A, "192.0.2.1");

        var answer = server.Answer("nosuch.example", DnsRecordType.A);

        Assert.Equal((3, 0), (answer.Code, answer.Answers.Count));
        Assert.Contains(answer.Authority, record => record.Type == type);
        Assert.All(answer.Authority.Where(static record => record.Type != DnsRecordType.Rrsig), record =>
            Assert.Contains(answer.Authority, signature => signature.Owner == record.Owner && signature.Covered == record.Type));
    }

    [Theory]
    [InlineData(SignedZoneDelegation.Signed, 1)]
    [InlineData(SignedZoneDelegation.UnsignedDespiteDs, 1)]
    [InlineData(SignedZoneDelegation.WithoutDs, 0)]
    [InlineData(SignedZoneDelegation.Unsigned, 0)]
    public async Task Answer_DsOfDelegation_AsDelegated(SignedZoneDelegation delegation, int signers)
    {
        await using var server = new SignedDnsServer();
        server.AddZone("example", new SignedZoneOptions { Delegation = delegation });
        Assert.Equal(signers, server.Answer("example", DnsRecordType.Ds).Answers.Count(static record => record.Type == DnsRecordType.Ds));
    }

    [Fact]
    public async Task Depart_ThenHeal_AnswersRightAgain()
    {
        await using var server = new SignedDnsServer();
        server.AddZone("example").Add("a.example", DnsRecordType.A, "192.0.2.1");
        server.Depart("a.example", DnsRecordType.A, new SignedAnswerFault.MissingSignatures());
        Assert.Single(server.Answer("a.example", DnsRecordType.A).Answers);
        server.Depart("a.example", DnsRecordType.A);
        Assert.Equal(2, server.Answer("a.example", DnsRecordType.A).Answers.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20326)]
    [InlineData(65535)]
    public void CreateDecoy_AnyTag_HasIt(int tag) => Assert.Equal(tag, DnssecTestKey.CreateDecoy(tag).Tag);

    [Fact]
    public async Task Add_OutsideOfTheZone_IsRefused()
    {
        await using var server = new SignedDnsServer();
        var zone = server.AddZone("example");
        Assert.Throws<ArgumentException>(() => zone.Add("a.test", DnsRecordType.A, "192.0.2.1"));
        Assert.Throws<FormatException>(() => zone.Add("a.example", DnsRecordType.A, "nowhere"));
    }

    [Fact]
    public void Constructor_NotLoopback_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new SignedDnsServer(listen: new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
}
