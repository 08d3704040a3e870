namespace Mail.Security.Smtp.Tests.Extensions;

public sealed class SmtpExtensionTests
{
    private static readonly SmtpChannel Channel = new(ChannelSecurity.Encrypted);
    private readonly SmtpExtension _extension = new KeywordOnly();

    [Fact]
    [Trait("rfc", "5321#2.2")]
    public void Defaults_AnnounceTheKeywordAndTakeNothing()
    {
        var envelope = new SmtpEnvelopeBuilder();
        Assert.Equal("X-OWN", _extension.GetEhloLine(Channel));
        Assert.True(PathCommandReader.TryReadMail("FROM:<> X-OWN"u8, out _, out var parameters, out _));
        foreach (var parameter in parameters)
        {
            Assert.Equal(SmtpParameterHandling.NotMine, _extension.OnMailParameter(Channel, parameter, envelope, out var refusal));
            Assert.Equal(default, refusal);
            Assert.Equal(SmtpParameterHandling.NotMine, _extension.OnRcptParameter(Channel, parameter, envelope, out refusal));
            Assert.Equal(default, refusal);
        }
        Assert.Null(_extension.OnMailCommand(Channel, envelope));
    }

    [Fact]
    public void Defaults_LetEveryEnvelopeGoWithoutParameters()
    {
        var parameters = new SmtpParameterList();
        Assert.IsType<SmtpClientGate.Proceed>(_extension.PrepareMail(Channel, EhloCapabilities.None, new SmtpEnvelopeBuilder().Build(), parameters));
        Assert.Empty(parameters);
    }

    private sealed class KeywordOnly : SmtpExtension
    {
        public override string Keyword => "X-OWN";
    }
}
