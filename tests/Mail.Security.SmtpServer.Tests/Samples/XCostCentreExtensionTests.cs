using System.Net.Security;
using System.Security.Authentication;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Samples;

/// <summary>The sample of the README does what it says.</summary>
public sealed class XCostCentreExtensionTests
{
    [Theory]
    [InlineData(true, " X-COST-CENTRE=4711", "250 2.1.0", "4711")]
    [InlineData(true, " x-cost-centre=1", "250 2.1.0", "1")]
    [InlineData(true, " X-COST-CENTRE=none", "501 5.5.4", null)]
    [InlineData(true, " X-COST-CENTRE", "501 5.5.4", null)]
    [InlineData(true, " X-COST-CENTRE=1 X-COST-CENTRE=2", "501 5.5.4", null)]
    [InlineData(false, " X-COST-CENTRE=4711", "530 5.7.0", null)]
    [InlineData(true, " X-COLOUR=green", "555 5.5.4", null)]
    public void Mail_WithTheParameter_IsChargedUnderTls(bool underTls, string parameters, string expected, string? charged)
    {
        string? centre = null;
        var tls = underTls ? new TlsSessionInfo(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, "") : null;
        var session = new MemorySession(options => options.Extensions = [new XCostCentreExtension(value => centre = value)], tls: tls);
        Assert.Equal(underTls, session.Send(MemorySession.Hello).Contains("X-COST-CENTRE", StringComparison.Ordinal));
        Assert.Equal(expected, session.Ask($"MAIL FROM:<ann@a.example>{parameters}\r\n"));
        Assert.Equal(charged, centre);
    }

    [Theory]
    [InlineData("X-COST-CENTRE", "X-COST-CENTRE=4711")]
    [InlineData("DSN", "")]
    public void PrepareMail_Client_SendsItWhereItIsAnnounced(string keyword, string expected)
    {
        var parameters = new SmtpParameterList();
        var peer = EhloCapabilities.FromReply(new SmtpReply(250, null, ["mx.example", keyword]));
        new XCostCentreExtension(_ => { }).PrepareMail(new SmtpChannel(ChannelSecurity.Encrypted), peer, new SmtpEnvelope { ReversePath = MailPath.Null, Recipients = [] }, parameters);
        Assert.Equal(expected, string.Join(' ', parameters));
    }

    [Fact]
    public void Readme_Sample_IsThisFile()
    {
        var file = File.ReadAllText(Path.Combine(Root(), "tests", "Mail.Security.SmtpServer.Tests", "Samples", "XCostCentreExtension.cs"));
        var readme = File.ReadAllText(Path.Combine(Root(), "src", "Mail.Security.SmtpServer", "README.md"));
        Assert.Contains(file[file.IndexOf("public sealed class", StringComparison.Ordinal)..], readme, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Mail.Security.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The repository was not found.");
        return folder;
    }
}
