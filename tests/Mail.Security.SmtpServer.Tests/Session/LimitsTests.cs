using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>How much a client may ask for before the session has had enough.</summary>
public sealed class LimitsTests
{
    private const string Message = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "x\r\n.\r\n";

    [Theory]
    [InlineData(512, "250 2.0.0")]
    [InlineData(513, "500 5.5.2")]
    [InlineData(514, "500 5.5.2")]
    [InlineData(100_000, "500 5.5.2")]
    [Trait("rfc", "5321#4.5.3.1.4")]
    public void CommandLine_AboutTheLimit_IsAnsweredOnceAndSkipped(int length, string expected)
    {
        var line = $"NOOP {new string('x', length - 7)}\r\n";
        Assert.Equal(length, line.Length);
        foreach (var block in (int[])[1, 511, 512, 513, 1 << 20])
        {
            if (block == 1 && length > 1000)
                continue;
            var session = MemorySession.After("", options => options.MaxCommandLine = 512);
            var bytes = System.Text.Encoding.Latin1.GetBytes(line + "RSET\r\n");
            var seen = session.SendInPieces(bytes, [.. Enumerable.Range(1, bytes.Length / block).Select(cut => cut * block)]);
            Assert.Equal([expected, "250 2.0.0"], MemorySession.Codes(seen));
        }
    }

    [Fact]
    public void CommandLine_WithoutEnd_NeedsNoBuffer()
    {
        // The pipe holds 2 KiB: a session that kept the line would wait for ever.
        var session = new MemorySession(options => options.MaxCommandLine = 512, inputLimit: 2048);
        session.Received();
        for (var block = 0; block < 100; block++)
            Assert.Equal("", session.Send(new string('x', 1000)));
        Assert.Equal("500 5.5.2, 250 2.0.0", session.Ask("\r\nNOOP\r\n"));
    }

    [Theory]
    [InlineData("x\rx")]
    [InlineData("x\nx")]
    [InlineData("x\0x")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\0")]
    [Trait("rfc", "5321#2.3.8")]
    public void CommandLine_BareLineEndOrNul_IsOneErrorUpToTheCrLf(string line)
    {
        foreach (var before in (string[])["", "NOOP ", "MAIL FROM:<a@a.example>"])
        {
            var session = MemorySession.After(MemorySession.Hello);
            Assert.Equal("500 5.5.2, 250 2.0.0", session.Ask(before + line + "\r\nNOOP\r\n"));
            Assert.DoesNotContain(Hook.Mail, session.Handler.Calls);
        }
    }

    [Fact]
    [Trait("rfc", "5321#4.5.3.1.10")]
    public void Recipients_OverTheLimit_AreDeferredAndTheOthersDelivered()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail, options => options.MaxRecipients = 100);
        var codes = MemorySession.Codes(session.Send(string.Concat(Enumerable.Repeat(MemorySession.Rcpt, 150)))).ToList();
        Assert.Equal(Enumerable.Repeat("250 2.1.5", 100).Concat(Enumerable.Repeat("452 4.5.3", 50)), codes);
        Assert.Equal("354, 250 2.0.0", session.Ask("DATA\r\nx\r\n.\r\n"));
        Assert.Equal(100, session.Handler.Envelopes.Single().Recipients.Count);
        Assert.Equal("250 2.1.0, 250 2.1.5", session.Ask(MemorySession.Mail + MemorySession.Rcpt));
    }

    [Fact]
    public void Recipients_RefusedByTheHandler_AreNotAskedAboutWithoutEnd()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail, options => (options.MaxRecipients, options.MaxErrors) = (100, 5));
        session.Handler.Refuse = hook => hook == Hook.Recipient ? new SmtpRefusal(550, new(5, 1, 1), "no such user") : null;
        var codes = MemorySession.Codes(session.Send(string.Concat(Enumerable.Repeat(MemorySession.Rcpt, 300)))).ToList();
        Assert.Equal([.. Enumerable.Repeat("550 5.1.1", 200), .. Enumerable.Repeat("452 4.5.3", 5), "421 4.7.0"], codes);
        Assert.Equal(SessionEndReason.TooManyErrors, session.End.Reason);
        Assert.Equal(200, session.Handler.Calls.Count(hook => hook == Hook.Recipient));
    }

    [Fact]
    public void Errors_OverTheLimit_CloseTheSession()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxErrors = 3);
        Assert.Equal("500 5.5.2, 501 5.5.4, 503 5.5.1, 421 4.7.0", session.Ask("XYZZY\r\nRSET x\r\nDATA\r\nA\r\nNOOP\r\n"));
        Assert.Equal(SessionEndReason.TooManyErrors, session.End.Reason);
    }

    [Fact]
    public void Errors_AfterAnAcceptedMessage_CountFromNothing()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxErrors = 3);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal("500 5.5.2, 500 5.5.2, 500 5.5.2", session.Ask("A\r\nB\r\nC\r\n"));
            Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(Message));
        }
    }

    [Fact]
    [Trait("rfc", "2920#3.1")]
    public void Errors_BehindARefusedMail_AreNotTheClients()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxErrors = 1);
        session.Handler.Refuse = hook => hook == Hook.Mail ? new SmtpRefusal(550, new(5, 7, 1), "no") : null;
        for (var round = 0; round < 10; round++)
            Assert.Equal("550 5.7.1, 503 5.5.1, 503 5.5.1, 503 5.5.1", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Rcpt + MemorySession.Data));
        Assert.Equal("552 5.3.4, 503 5.5.1, 503 5.5.1", session.Ask("MAIL FROM:<> SIZE=99999999999\r\n" + MemorySession.Rcpt + MemorySession.Data));
    }

    [Fact]
    [Trait("rfc", "2920#3.1")]
    public void Errors_DataBehindRefusedRecipients_AreNotTheClients()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxErrors = 1);
        session.Handler.Refuse = hook => hook == Hook.Recipient ? new SmtpRefusal(550, new(5, 1, 1), "no") : null;
        for (var round = 0; round < 10; round++)
            Assert.Equal("250 2.1.0, 550 5.1.1, 554 5.5.1, 250 2.0.0", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "RSET\r\n"));
    }

    [Fact]
    public void Errors_RcptWithoutEndBehindARefusedMail_Close()
    {
        var session = MemorySession.After(MemorySession.Hello, options => (options.MaxRecipients, options.MaxErrors) = (100, 3));
        session.Handler.Refuse = hook => hook == Hook.Mail ? new SmtpRefusal(550, new(5, 7, 1), "no") : null;
        var codes = MemorySession.Codes(session.Send(MemorySession.Mail + string.Concat(Enumerable.Repeat(MemorySession.Rcpt, 1000)))).ToList();
        Assert.Equal("421 4.7.0", codes[^1]);
        Assert.Equal(1 + 200 + 3 + 1, codes.Count);
    }

    [Theory]
    [InlineData("NOOP\r\n", "250 2.0.0")]
    [InlineData("RSET\r\n", "250 2.0.0")]
    [InlineData("VRFY ann\r\n", "252 2.5.0")]
    [InlineData("HELP\r\n", "214 2.0.0")]
    [InlineData("EHLO c.example\r\n", "250")]
    public void IdleCommands_OverTheLimit_CloseTheSession(string command, string expected)
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxIdleCommands = 10);
        for (var count = 1; count < 10; count++)
            Assert.Equal(expected, session.Ask(command));
        Assert.Equal("421 4.7.0", session.Ask(command));
        Assert.Equal(SessionEndReason.TooManyErrors, session.End.Reason);
    }

    [Fact]
    public void IdleCommands_MailThatNeverBecomesAMessage_CloseTheSession()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxIdleCommands = 10);
        session.Handler.Refuse = hook => hook == Hook.Mail ? new SmtpRefusal(450, new(4, 7, 1), "later") : null;
        for (var count = 1; count < 10; count++)
            Assert.Equal("450 4.7.1", session.Ask(MemorySession.Mail));
        Assert.Equal("421 4.7.0", session.Ask(MemorySession.Mail));
    }

    [Fact]
    public void IdleCommands_AfterAnAcceptedMessage_CountFromNothing()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxIdleCommands = 4);
        for (var round = 0; round < 5; round++)
            Assert.Equal("250 2.0.0, 250 2.0.0, 250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask("NOOP\r\nRSET\r\n" + Message));
    }

    [Fact]
    public void Quit_AfterTooMuch_IsStillAGoodbye()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxIdleCommands = 1);
        Assert.Equal("221 2.0.0", session.Ask("QUIT\r\n"));
        Assert.Equal(SessionEndReason.Quit, session.End.Reason);
    }
}
