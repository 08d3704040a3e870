using Mail.Security.Smtp;

namespace Mail.Security.RequireTls.Tests;

public sealed class RequireTlsGatesTests
{
    [Theory]
    [InlineData(ChannelSecurity.Clear, false, RequireTlsGate.ProtectedSession, "5.7.10")]
    [InlineData(ChannelSecurity.Clear, true, RequireTlsGate.ProtectedSession, "5.7.10")]
    [InlineData(ChannelSecurity.Encrypted, true, RequireTlsGate.AuthenticatedServer, "5.7.10")]
    [InlineData(ChannelSecurity.Authenticated, false, RequireTlsGate.ServerSupport, "5.7.30")]
    [InlineData(ChannelSecurity.Authenticated, true, null, null)]
    [Trait("rfc", "8689#4.2.1")]
    public void Check_OfASession_NamesTheFirstShutGate(ChannelSecurity security, bool announced, RequireTlsGate? gate, string? status)
    {
        var peer = EhloCapabilities.FromReply(new SmtpReply(250, null, announced ? ["mx.example", "REQUIRETLS"] : ["mx.example"]));
        var refusal = RequireTlsGates.Check(security, peer, MailPath.Parse("ann@a.example"));
        Assert.Equal((gate, status), (refusal?.Gate, refusal?.Refusal.Status.ToString()));
    }

    [Fact]
    public void Check_OfAValueNobodyKnows_StaysShut() =>
        Assert.Equal(RequireTlsGate.ProtectedSession, RequireTlsGates.Check((ChannelSecurity)77, EhloCapabilities.None, MailPath.Null)?.Gate);

    [Theory]
    [InlineData(ServerNameProof.None, RequireTlsGate.VerifiedServerName)]
    [InlineData(ServerNameProof.Dnssec, null)]
    [InlineData(ServerNameProof.MtaSts, null)]
    [InlineData(ServerNameProof.NoMxLookup, null)]
    [InlineData((ServerNameProof)77, RequireTlsGate.VerifiedServerName)]        // what nobody knows proves nothing
    [Trait("rfc", "8689#2")]
    public void CheckServerName_NeedsAProof(ServerNameProof proof, RequireTlsGate? gate) =>
        Assert.Equal(gate, RequireTlsGates.CheckServerName(proof)?.Gate);

    [Fact]
    public void Refusals_HaveACodeOfTheClassOfTheirStatus()
    {
        var refusals = new[]
        {
            RequireTlsGates.CheckServerName(ServerNameProof.None),
            RequireTlsGates.Check(ChannelSecurity.Clear, EhloCapabilities.None, MailPath.Null),
            RequireTlsGates.Check(ChannelSecurity.Authenticated, EhloCapabilities.None, MailPath.Parse("ann@a.example")),
        };
        Assert.All(refusals, refusal => Assert.Equal(refusal!.Refusal.Code / 100, refusal.Refusal.Status.Class));
    }
}
