using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Commands;

/// <summary>The parameters of MAIL and RCPT, through a whole session; the limit of a message is 1000 bytes.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("", "250 2.1.0")]
    [InlineData(" SIZE=1000", "250 2.1.0")]
    [InlineData(" size=0", "250 2.1.0")]
    [InlineData(" SIZE=00000000000000001000", "250 2.1.0")]
    [InlineData(" SIZE=1001", "552 5.3.4")]
    [InlineData(" SIZE=9223372036854775807", "552 5.3.4")]
    [InlineData(" SIZE=9223372036854775808", "552 5.3.4")]      // more than a long holds
    [InlineData(" SIZE=99999999999999999999", "552 5.3.4")]
    [InlineData(" SIZE=000000000000000000001", "501 5.5.4")]    // 21 digits
    [InlineData(" SIZE", "501 5.5.4")]
    [InlineData(" SIZE=", "501 5.5.4")]
    [InlineData(" SIZE=-1", "501 5.5.4")]
    [InlineData(" SIZE=+1", "501 5.5.4")]
    [InlineData(" SIZE=1k", "501 5.5.4")]
    [InlineData(" SIZE=0x10", "501 5.5.4")]
    [InlineData(" SIZE=1,000", "501 5.5.4")]
    [InlineData(" SIZE=1 SIZE=1", "501 5.5.4")]
    [InlineData(" SIZE=1 size=2000", "501 5.5.4")]
    [Trait("rfc", "1870#6")]
    public void Mail_Size_IsCheckedBeforeTheMessage(string parameters, string expected) => AssertMail(parameters, expected);

    [Theory]
    [InlineData(" BODY=7BIT", "250 2.1.0", BodyType.SevenBit)]
    [InlineData(" body=8bitmime", "250 2.1.0", BodyType.EightBitMime)]
    [InlineData(" BODY=BINARYMIME", "501 5.5.4", BodyType.SevenBit)]
    [InlineData(" BODY", "501 5.5.4", BodyType.SevenBit)]
    [InlineData(" BODY=7BIT BODY=8BITMIME", "501 5.5.4", BodyType.SevenBit)]
    [Trait("rfc", "6152#2")]
    public void Mail_Body_IsNotedInTheEnvelope(string parameters, string expected, BodyType body)
    {
        var session = AssertMail(parameters, expected);
        if (expected == "250 2.1.0")
            Assert.Equal(body, EnvelopeOf(session).Body);
    }

    [Theory]
    [InlineData("<ann@a.example> SMTPUTF8", "250 2.1.0")]
    [InlineData("<\u00C3\u00A4nn@a.example> SMTPUTF8", "250 2.1.0")]                     // änn, in UTF-8
    [InlineData("<ann@b\u00C3\u00BCcher.example> SMTPUTF8", "250 2.1.0")]
    [InlineData("<\u00C3\u00A4nn@a.example>", "550 5.6.7")]
    [InlineData("<\u00C3\u00A4nn@a.example> BODY=8BITMIME", "550 5.6.7")]
    [InlineData("<\u00E4nn@a.example> SMTPUTF8", "501 5.1.7")]                           // Latin-1 is no UTF-8
    [InlineData("<\u00C0\u00AFnn@a.example> SMTPUTF8", "501 5.1.7")]                     // overlong
    [InlineData("<ann@a.example> SMTPUTF8=1", "501 5.5.4")]
    [InlineData("<ann@a.example> SMTPUTF8 SMTPUTF8", "501 5.5.4")]
    [Trait("rfc", "6531#3.4")]
    [Trait("rfc", "6531#3.5")]
    public void Mail_SmtpUtf8_AllowsNonAsciiSender(string argument, string expected) =>
        Assert.Equal(expected, Start().Ask($"MAIL FROM:{argument}\r\n"));

    [Theory]
    [InlineData(" SMTPUTF8", "<b\u00C3\u00B6b@b.example>", "250 2.1.5")]
    [InlineData("", "<b\u00C3\u00B6b@b.example>", "553 5.6.7")]
    [InlineData(" SMTPUTF8", "<b\u00F6b@b.example>", "501 5.1.3")]
    [InlineData(" SMTPUTF8", "<bob@b.example>", "250 2.1.5")]
    [Trait("rfc", "6531#3.5")]
    public void Rcpt_SmtpUtf8_AllowsNonAsciiRecipient(string parameters, string path, string expected) =>
        Assert.Equal($"250 2.1.0, {expected}", Start().Ask($"MAIL FROM:<>{parameters}\r\nRCPT TO:{path}\r\n"));

    [Theory]
    [InlineData(" FOO", "555 5.5.4")]
    [InlineData(" FOO=BAR", "555 5.5.4")]
    [InlineData(" RET=FULL", "555 5.5.4")]
    [InlineData(" AUTH=<>", "555 5.5.4")]
    [InlineData(" FOO=", "501 5.5.4")]
    [InlineData(" =BAR", "501 5.5.4")]
    [InlineData(" SIZE=1 -A=1", "501 5.5.4")]
    [InlineData(" FOO=a=b", "501 5.5.4")]
    [InlineData("SIZE=1", "501 5.5.4")]                     // no space before it
    [InlineData(" \u00C3\u00A4=1", "501 5.5.4")]
    [InlineData("   SIZE=1   BODY=7BIT  ", "250 2.1.0")]
    [Trait("rfc", "5321#4.1.1.11")]
    public void Mail_ForeignParameter_IsRefused(string parameters, string expected) => AssertMail(parameters, expected);

    [Fact]
    public void Mail_MoreParametersThanAnyoneSends_IsRefused() =>
        AssertMail(string.Concat(Enumerable.Range(0, 60).Select(index => string.Create(CultureInfo.InvariantCulture, $" P{index}=1"))), "501 5.5.4");

    [Theory]
    [InlineData(" ORCPT=rfc822;x", "555 5.5.4")]
    [InlineData(" NOTIFY=NEVER NOTIFY=NEVER", "501 5.5.4")]
    [InlineData(" SIZE=1", "555 5.5.4")]
    [InlineData(" =", "501 5.5.4")]
    [InlineData("x", "501 5.5.4")]
    [Trait("rfc", "5321#4.1.1.11")]
    public void Rcpt_Parameter_IsRefusedAndTheTransactionGoesOn(string parameters, string expected) =>
        Assert.Equal($"250 2.1.0, {expected}, 250 2.1.5", Start().Ask($"MAIL FROM:<>\r\nRCPT TO:<b@b.example>{parameters}\r\nRCPT TO:<b@b.example>\r\n"));

    [Fact]
    [Trait("rfc", "5321#2.2.1")]
    public void Parameters_AfterHelo_AreRefused()
    {
        var session = Start("HELO c.example\r\n");
        Assert.Equal("555 5.5.4, 555 5.5.4, 250 2.1.0", session.Ask("MAIL FROM:<> SIZE=1\r\nMAIL FROM:<> BODY=7BIT\r\nMAIL FROM:<>\r\n"));
        Assert.Equal("555 5.5.4, 250 2.1.5", session.Ask("RCPT TO:<b@b.example> X=1\r\nRCPT TO:<b@b.example>\r\n"));
    }

    [Theory]
    [InlineData(false, " REQUIRETLS", "523 5.7.10")]
    [InlineData(true, " REQUIRETLS", "250 2.1.0")]
    [InlineData(true, " REQUIRETLS=NO", "501 5.5.4")]
    [InlineData(true, " REQUIRETLS REQUIRETLS", "501 5.5.4")]
    [Trait("rfc", "8689#2")]
    public void Mail_RequireTls_NeedsTls(bool underTls, string parameters, string expected)
    {
        var tls = underTls ? new TlsSessionInfo(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, "") : null;
        var session = new MemorySession(options => options.Extensions = [new RequireTlsExtension()], tls: tls);
        session.Send(MemorySession.Hello);
        Assert.Equal(expected, session.Ask($"MAIL FROM:<ann@a.example>{parameters}\r\n"));
        if (expected == "250 2.1.0")
            Assert.Equal(TlsDemand.RequireTls, EnvelopeOf(session).TlsDemand);
    }

    [Fact]
    public void Mail_RefusedParameter_LeavesNothingForTheNextMail()
    {
        var session = Start();
        Assert.Equal("555 5.5.4, 250 2.1.0", session.Ask("MAIL FROM:<a@a.example> SIZE=10 BODY=8BITMIME SMTPUTF8 FOO\r\nMAIL FROM:<>\r\n"));
        var envelope = EnvelopeOf(session);
        Assert.Equal((true, BodyType.SevenBit, false, null), (envelope.ReversePath.IsNull, envelope.Body, envelope.SmtpUtf8, envelope.Size));
    }

    [Fact]
    public void Mail_WithoutSizeLimit_TakesAnySize()
    {
        var session = new MemorySession(options => options.MaxMessageSize = 0);
        Assert.Contains("250-SIZE 0\r\n", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("250 2.1.0", session.Ask("MAIL FROM:<> SIZE=99999999999999999999\r\n"));
        Assert.Equal(long.MaxValue, EnvelopeOf(session).Size);
    }

    [Fact]
    public void Extension_ThatThrows_IsALocalErrorAndTheSessionGoesOn()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.Extensions = [new BrokenExtension()]);
        Assert.Equal("451 4.3.0, 250 2.1.0, 451 4.3.0, 250 2.1.5", session.Ask("MAIL FROM:<> BROKEN\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example> BROKEN\r\nRCPT TO:<b@b.example>\r\n"));
    }

    [Fact]
    public void Extension_ThatThrowsInEhlo_IsALocalErrorAndHeloStillWorks()
    {
        var session = MemorySession.After("", options => options.Extensions = [new BrokenExtension { Line = () => throw new InvalidOperationException("broken") }]);
        Assert.Equal("451, 503 5.5.1", session.Ask("EHLO c.example\r\n" + MemorySession.Mail));
    }

    [Fact]
    public void Extension_RefusesWithWhatIsNoRefusal_IsALocalError()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.Extensions = [new BrokenExtension { Mail = new SmtpRefusal(250, new(2, 0, 0), "fine") }]);
        Assert.Equal("451 4.3.0", session.Ask(MemorySession.Mail));
    }

    private static MemorySession Start(string hello = MemorySession.Hello) => MemorySession.After(hello, options => options.MaxMessageSize = 1000);

    private static MemorySession AssertMail(string parameters, string expected)
    {
        var session = Start();
        Assert.Equal(expected, session.Ask($"MAIL FROM:<ann@a.example>{parameters}\r\n"));
        return session;
    }

    private static SmtpEnvelope EnvelopeOf(MemorySession session)
    {
        Assert.Equal("250 2.1.5, 354", session.Ask(MemorySession.Rcpt + MemorySession.Data));
        return session.Handler.Envelopes.Single();
    }

    private sealed class BrokenExtension : SmtpExtension
    {
        public Func<string?> Line { get; init; } = () => "BROKEN";

        public SmtpRefusal? Mail { get; init; }

        public override string Keyword => "BROKEN";

        public override string? GetEhloLine(SmtpChannel channel) => Line();

        public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal) =>
            throw new InvalidOperationException("broken");

        public override SmtpParameterHandling OnRcptParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal) =>
            throw new InvalidOperationException("broken");

        public override SmtpRefusal? OnMailCommand(SmtpChannel channel, SmtpEnvelopeBuilder envelope) => Mail;
    }
}
