using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Commands;

/// <summary>The DSN extension through a whole session.</summary>
public sealed class DsnTests
{
    [Theory]
    [InlineData(" RET=FULL ENVID=QQ314159", "250 2.1.0", DsnReturn.Full, "QQ314159")]
    [InlineData(" ret=hdrs", "250 2.1.0", DsnReturn.HeadersOnly, null)]
    [InlineData(" ENVID=a+2Bb", "250 2.1.0", DsnReturn.Unspecified, "a+b")]
    [InlineData(" RET=ALL", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" RET", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" ENVID", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" ENVID=a+0Ab", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" RET=FULL RET=FULL", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" ENVID=1 ENVID=1", "501 5.5.4", DsnReturn.Unspecified, null)]
    [InlineData(" NOTIFY=NEVER", "555 5.5.4", DsnReturn.Unspecified, null)]
    [Trait("rfc", "3461#4.3")]
    [Trait("rfc", "3461#4.4")]
    [Trait("rfc", "3461#4.5")]
    public void Mail_RetAndEnvid_AreInTheEnvelope(string parameters, string expected, DsnReturn content, string? id)
    {
        var session = Start();
        Assert.Equal(expected, session.Ask($"MAIL FROM:<ann@a.example>{parameters}\r\n"));
        if (expected != "250 2.1.0")
            return;
        session.Send(MemorySession.Rcpt + MemorySession.Data);
        var envelope = session.Handler.Envelopes.Single();
        Assert.Equal((content, id), (envelope.Return, envelope.EnvelopeId));
    }

    [Theory]
    [InlineData("", " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@b.example", "250 2.1.5", DsnNotify.Success | DsnNotify.Delay, "rfc822;bob@b.example")]
    [InlineData("", " notify=never", "250 2.1.5", DsnNotify.Never, null)]
    [InlineData("", " NOTIFY=NEVER,DELAY", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " NOTIFY", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " ORCPT=bob", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " ORCPT=rfc822;a+0D+0Ab", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " NOTIFY=DELAY NOTIFY=DELAY", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " ORCPT=rfc822;a ORCPT=rfc822;a", "501 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData("", " RET=FULL", "555 5.5.4", DsnNotify.Unspecified, null)]
    [InlineData(" SMTPUTF8", " ORCPT=utf-8;b\u00C3\u00B6b@b.example", "250 2.1.5", DsnNotify.Unspecified, "utf-8;b\u00F6b@b.example")]
    [InlineData(" SMTPUTF8", " ORCPT=rfc822;b+C3+B6b@b.example", "250 2.1.5", DsnNotify.Unspecified, "utf-8;b\u00F6b@b.example")]
    [InlineData("", " ORCPT=utf-8;b\u00C3\u00B6b@b.example", "553 5.6.7", DsnNotify.Unspecified, null)]
    [InlineData("", " ORCPT=utf-8;b\\x{F6}b@b.example", "250 2.1.5", DsnNotify.Unspecified, "utf-8;b\u00F6b@b.example")]
    [Trait("rfc", "3461#4.1")]
    [Trait("rfc", "3461#4.2")]
    [Trait("rfc", "3461#4.5")]
    [Trait("rfc", "6533#3")]
    public void Rcpt_NotifyAndOrcpt_AreInTheRecipient(string mail, string parameters, string expected, DsnNotify notify, string? original)
    {
        var session = Start();
        Assert.Equal($"250 2.1.0, {expected}", session.Ask($"MAIL FROM:<ann@a.example>{mail}\r\nRCPT TO:<bob@b.example>{parameters}\r\n"));
        if (expected != "250 2.1.5")
            return;
        session.Send(MemorySession.Data);
        var recipient = session.Handler.Envelopes.Single().Recipients.Single();
        Assert.Equal(("bob@b.example", notify, original), (recipient.Path.ToString(), recipient.Notify, recipient.OriginalRecipient?.ToString()));
    }

    [Fact]
    [Trait("rfc", "3461#5.4")]
    public void Rcpt_LongestParameters_FitTheDefaultCommandLine()
    {
        var line = $"RCPT TO:<{new string('l', 64)}@{string.Join('.', Enumerable.Repeat(new string('d', 60), 3))}> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT={"rfc822;".PadRight(500, 'x')}\r\n";
        Assert.Equal("250 2.1.0, 250 2.1.5", Start().Ask(MemorySession.Mail + line));
    }

    [Fact]
    public void Dsn_NotOffered_IsNeitherAnnouncedNorKnown()
    {
        var session = new MemorySession();
        Assert.DoesNotContain("DSN", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("555 5.5.4, 250 2.1.0, 555 5.5.4", session.Ask("MAIL FROM:<> RET=FULL\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example> NOTIFY=NEVER\r\n"));
    }

    [Fact]
    [Trait("rfc", "3461#3")]
    public void Dsn_Offered_IsAnnounced() => Assert.Contains("250 DSN\r\n", Start().Send(MemorySession.Hello), StringComparison.Ordinal);

    private static MemorySession Start() =>
        MemorySession.After(MemorySession.Hello, options => options.Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.Dsn);
}
