using Mail.Security.Smtp;

namespace Mail.Security.RequireTls.Tests;

public sealed class RequireTlsExtensionTests
{
    private static readonly MailPath Ann = MailPath.Parse("ann@a.example");
    private readonly RequireTlsExtension _extension = new();

    [Theory]
    [InlineData(ChannelSecurity.Clear, null)]
    [InlineData(ChannelSecurity.Encrypted, "REQUIRETLS")]
    [InlineData(ChannelSecurity.Authenticated, "REQUIRETLS")]
    [InlineData((ChannelSecurity)77, null)]
    [Trait("rfc", "8689#2")]
    public void GetEhloLine_OnlyInsideTls(ChannelSecurity security, string? line) =>
        Assert.Equal(line, _extension.GetEhloLine(new SmtpChannel(security)));

    [Theory]
    [InlineData("REQUIRETLS", ChannelSecurity.Encrypted, SmtpParameterHandling.Accepted, "", TlsDemand.RequireTls)]
    [InlineData("RequireTls", ChannelSecurity.Encrypted, SmtpParameterHandling.Accepted, "", TlsDemand.RequireTls)]
    [InlineData("REQUIRETLS", ChannelSecurity.Clear, SmtpParameterHandling.Refused, "523 5.7.10", TlsDemand.Default)]
    [InlineData("REQUIRETLS", (ChannelSecurity)77, SmtpParameterHandling.Refused, "523 5.7.10", TlsDemand.Default)]
    [InlineData("REQUIRETLS=YES", ChannelSecurity.Encrypted, SmtpParameterHandling.Refused, "501 5.5.4", TlsDemand.Default)]
    [InlineData("REQUIRETLS=YES", ChannelSecurity.Clear, SmtpParameterHandling.Refused, "501 5.5.4", TlsDemand.Default)]
    [InlineData("REQUIRETLSX", ChannelSecurity.Encrypted, SmtpParameterHandling.NotMine, "", TlsDemand.Default)]
    [InlineData("SIZE=1", ChannelSecurity.Clear, SmtpParameterHandling.NotMine, "", TlsDemand.Default)]
    [Trait("rfc", "8689#4.1")]
    public void OnMailParameter_TagsTheEnvelopeOrRefuses(string parameter, ChannelSecurity security, SmtpParameterHandling handling, string refusal, TlsDemand demand)
    {
        var envelope = new SmtpEnvelopeBuilder();
        Assert.True(PathCommandReader.TryReadMail(System.Text.Encoding.ASCII.GetBytes("FROM:<> " + parameter), out _, out var parameters, out _));
        foreach (var one in parameters)
        {
            Assert.Equal(handling, _extension.OnMailParameter(new SmtpChannel(security), one, envelope, out var found));
            Assert.StartsWith(refusal, refusal.Length == 0 ? "" : found.ToString(), StringComparison.Ordinal);
            Assert.Equal(handling == SmtpParameterHandling.Refused, found != default);
        }
        Assert.Equal(demand, envelope.TlsDemand);
    }

    [Fact]
    public void OnRcptParameter_IsNeverOurs()
    {
        Assert.True(PathCommandReader.TryReadRcpt("TO:<a@b.example> REQUIRETLS"u8, out _, out var parameters, out _));
        foreach (var one in parameters)
            Assert.Equal(SmtpParameterHandling.NotMine, _extension.OnRcptParameter(new SmtpChannel(ChannelSecurity.Encrypted), one, new SmtpEnvelopeBuilder(), out _));
    }

    [Theory]
    [InlineData(TlsDemand.Default, ChannelSecurity.Authenticated, true, "")]
    [InlineData(TlsDemand.Default, ChannelSecurity.Clear, false, "")]
    [InlineData(TlsDemand.TlsRequiredNo, ChannelSecurity.Authenticated, true, "")]
    [InlineData(TlsDemand.TlsRequiredNo, ChannelSecurity.Clear, false, "")]
    [InlineData(TlsDemand.RequireTls, ChannelSecurity.Authenticated, true, "REQUIRETLS")]
    [Trait("rfc", "8689#4.2.1")]
    public void PrepareMail_WhenItMayGo_AddsTheParameterOnlyWhenDemanded(TlsDemand demand, ChannelSecurity security, bool announced, string parameters)
    {
        var list = new SmtpParameterList();
        Assert.IsType<SmtpClientGate.Proceed>(Prepare(Ann, demand, security, announced, list));
        Assert.Equal(parameters, string.Join(' ', list));
    }

    [Theory]
    [InlineData(ChannelSecurity.Clear, true, "523 5.7.10")]
    [InlineData(ChannelSecurity.Clear, false, "523 5.7.10")]
    [InlineData(ChannelSecurity.Encrypted, true, "523 5.7.10")]
    [InlineData(ChannelSecurity.Encrypted, false, "523 5.7.10")]
    [InlineData(ChannelSecurity.Authenticated, false, "550 5.7.30 REQUIRETLS support required")]
    [Trait("rfc", "8689#4.2.1")]
    public void PrepareMail_WhenAGateIsShut_Refuses(ChannelSecurity security, bool announced, string refusal)
    {
        var list = new SmtpParameterList();
        var gate = Assert.IsType<SmtpClientGate.Refuse>(Prepare(Ann, TlsDemand.RequireTls, security, announced, list));
        Assert.StartsWith(refusal, gate.Refusal.ToString(), StringComparison.Ordinal);
        Assert.Empty(list);
    }

    [Theory]
    [InlineData(ChannelSecurity.Authenticated, true, "REQUIRETLS")]
    [InlineData(ChannelSecurity.Authenticated, false, "")]
    [InlineData(ChannelSecurity.Encrypted, true, null)]
    [InlineData(ChannelSecurity.Clear, false, null)]
    [Trait("rfc", "8689#5")]
    public void PrepareMail_OfAReport_WaivesOnlyTheKeyword(ChannelSecurity security, bool announced, string? parameters)
    {
        var list = new SmtpParameterList();
        var gate = Prepare(MailPath.Null, TlsDemand.RequireTls, security, announced, list);
        Assert.Equal(parameters, gate is SmtpClientGate.Proceed ? string.Join(' ', list) : null);
    }

    private SmtpClientGate Prepare(MailPath reversePath, TlsDemand demand, ChannelSecurity security, bool announced, SmtpParameterList list)
    {
        var peer = EhloCapabilities.FromReply(new SmtpReply(250, null, announced ? ["mx.example", "requiretls"] : ["mx.example"]));
        var envelope = new SmtpEnvelope { ReversePath = reversePath, Recipients = [new SmtpRecipient(Ann)], TlsDemand = demand };
        return _extension.PrepareMail(new SmtpChannel(security), peer, envelope, list);
    }
}
