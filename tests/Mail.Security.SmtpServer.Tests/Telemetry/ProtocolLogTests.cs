using System.Net;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace Mail.Security.SmtpServer.Tests.Telemetry;

/// <summary>The protocol log; the client is at 192.0.2.7.</summary>
public sealed class ProtocolLogTests
{
    private readonly ListLogger _lines = new();
    private readonly SmtpProtocolLog _log;

    public ProtocolLogTests() => _log = new(_lines) { Sources = [IPNetwork.Parse("192.0.2.0/24")] };

    [Fact]
    public void Session_Covered_IsWrittenLineByLine()
    {
        using var session = Start();
        session.Send(MemorySession.Hello + "MAIL FROM:<ann@a.example> BODY=8BITMIME\r\n" + MemorySession.Rcpt + MemorySession.Data);
        session.Send("a secret\r\n..\r\n.\r\n");
        session.Send(MemorySession.Mail + MemorySession.Rcpt + "BDAT 6\r\nsecretBDAT 0 LAST\r\nBDAT 6\r\nsecretQUIT\r\n");
        Assert.Equal(
            [
                "S: 220 mx.example ESMTP ready",
                "C: EHLO c.example",
                "S: 250 mx.example greets c.example | PIPELINING | SIZE 52428800 | ENHANCEDSTATUSCODES | 8BITMIME | SMTPUTF8 | CHUNKING | LIMITS RCPTMAX=1000",
                "C: MAIL FROM:<ann@a.example> BODY=8BITMIME",
                "S: 250 2.1.0 Sender OK",
                "C: RCPT TO:<bob@b.example>",
                "S: 250 2.1.5 Recipient OK",
                "C: DATA",
                "S: 354 Send the message, end it with <CRLF>.<CRLF>",
                "C: (13 bytes of message)",
                "S: 250 2.0.0 stored",
                "C: MAIL FROM:<ann@a.example>",
                "S: 250 2.1.0 Sender OK",
                "C: RCPT TO:<bob@b.example>",
                "S: 250 2.1.5 Recipient OK",
                "C: BDAT 6",
                "C: (6 bytes of message)",
                "S: 250 2.0.0 Chunk received",
                "C: BDAT 0 LAST",
                "C: (0 bytes of message)",
                "S: 250 2.0.0 stored",
                "C: BDAT 6",
                "C: (6 bytes of message)",
                "S: 503 5.5.1 Send MAIL first",
                "C: QUIT",
                "S: 221 2.0.0 Bye",
            ], Said(session));
        Assert.All(_lines.Lines, line => Assert.Equal((LogLevel.Information, line.Text.Contains(" C: ", StringComparison.Ordinal) ? 1420 : 1421), (line.Level, line.Id)));
        Assert.All(_lines.Lines, line => Assert.StartsWith($"SMTP session {session.Info.Id} ", line.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AUTH PLAIN c2VjcmV0\r\n", "C: AUTH (14 bytes masked)")]
    [InlineData("auth plain c2VjcmV0\r\n", "C: auth (14 bytes masked)")]
    [InlineData("AUTH\r\n", "C: AUTH")]
    [InlineData(" AUTH PLAIN c2VjcmV0\r\n", "C: (19 bytes masked)")]
    [InlineData("AUTH\tPLAIN\tc2VjcmV0\r\n", "C: (19 bytes masked)")]
    [InlineData("AUTHX PLAIN c2VjcmV0\r\n", "C: AUTHX (14 bytes masked)")]
    [InlineData("AUTH PLAIN c2VjcmV0\nx\r\n", "C: (BareLineFeed)")]
    [InlineData("AUTH PLAIN c2VjcmV0\0\r\n", "C: (NulByte)")]
    [InlineData("XCLIENT LOGIN=c2VjcmV0\r\n", "C: XCLIENT (14 bytes masked)")]
    [InlineData("xclient NAME=a.example LOGIN=c2VjcmV0\r\n", "C: xclient (29 bytes masked)")]
    [InlineData("c2VjcmV0\r\n", "C: (8 bytes masked)")]
    public void Credentials_OfAnyForm_AreMasked(string line, string expected)
    {
        using var session = Start(options => options.XclientSources = [IPNetwork.Parse("192.0.2.7/32")]);
        session.Send(line);
        Assert.Equal(expected, Said(session)[1]);
    }

    // A client that does not wait for the reply to AUTH, or does not understand it, says its name and its password as commands.
    [Fact]
    [Trait("rfc", "4954#4")]
    public void Lines_BehindAuth_AreMaskedByTheState()
    {
        using var session = Start();
        session.Send("AUTH LOGIN\r\nbmFtZQ\r\nsecret\r\nNOOP\r\nsecret\r\n");
        Assert.Equal(
            ["C: AUTH (5 bytes masked)", "C: (6 bytes masked)", "C: (6 bytes masked)", "C: NOOP", "C: (6 bytes masked)"],
            Said(session).Where(line => line[0] == 'C'));
    }

    // What was meant as AUTH and is no such command is followed by the same lines.
    [Theory]
    [InlineData("AUTH LOGIN\n\r\n")]
    [InlineData("AUTH LOGIN\0\r\n")]
    [InlineData("AUTH\tLOGIN\r\n")]
    [InlineData(" AUTH LOGIN\r\n")]
    [InlineData("AUTHLOGIN\r\n")]
    [InlineData("AUTH=LOGIN\r\n")]
    [InlineData("XAUTH LOGIN\r\n")]
    [Trait("rfc", "4954#4")]
    public void Lines_BehindWhatMayHaveBeenAuth_AreMasked(string line)
    {
        using var session = Start();
        session.Send(line + "bmFtZQ\r\nsecret\r\n");
        Assert.Equal(["C: (6 bytes masked)", "C: (6 bytes masked)"], Said(session).Where(said => said[0] == 'C').Skip(1));
    }

    [Fact]
    public void Lines_BehindAnAuthThatWasTooLong_AreMasked()
    {
        using var session = Start();
        session.Send($"AUTH PLAIN {new string('c', 3000)}\r\nsecret\r\n");
        Assert.Equal(["C: (LineTooLong)", "C: (6 bytes masked)"], Said(session).Where(said => said[0] == 'C'));
    }

    [Fact]
    public void Lines_BehindAnAuthThatWasNotWritten_AreMaskedToo()
    {
        _log.Sources = [];
        using var session = Start();
        session.Send("AUTH LOGIN\r\n");
        _log.Sources = [IPNetwork.Parse("0.0.0.0/0")];
        session.Send("secret\r\n");
        Assert.Equal("C: (6 bytes masked)", Said(session)[0]);
    }

    public static TheoryData<string, string[]> Logins => new()
    {
        { "AUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\nNOOP\r\n", ["C: AUTH (5 bytes masked)", "S: 334 (12 bytes masked)", "C: (4 bytes masked)", "S: 334 (12 bytes masked)", "C: (8 bytes masked)", "S: 535 5.7.8 Authentication credentials invalid", "C: NOOP", "S: 250 2.0.0 OK"] },
        { "AUTH PLAIN\r\n*\r\n", ["C: AUTH (5 bytes masked)", "S: 334 (0 bytes masked)", "C: (1 bytes masked)", "S: 501 5.0.0 Authentication cancelled"] },
        { "AUTH PLAIN\r\nsecret?\r\n", ["C: AUTH (5 bytes masked)", "S: 334 (0 bytes masked)", "C: (7 bytes masked)", "S: 501 5.5.2 Cannot decode the response: not base64"] },
        { "AUTH PLAIN\r\nNOOP secret\r\n", ["C: AUTH (5 bytes masked)", "S: 334 (0 bytes masked)", "C: (11 bytes masked)", "S: 501 5.5.2 Cannot decode the response: not base64"] },
    };

    // The state says that a line is masked; its text is never looked at.
    [Theory]
    [MemberData(nameof(Logins))]
    public void Login_LinesWithinTheExchange_ShowOnlyTheirLength(string sent, string[] expected)
    {
        using var session = Start(new TestAccounts().Everywhere());
        session.Send(MemorySession.Hello);
        var before = _lines.Lines.Count;
        session.Send(sent);
        Assert.Equal(expected, Said(session)[before..]);
    }

    [Fact]
    public void Login_LineTooLong_ShowsThatOnly()
    {
        using var session = Start(new TestAccounts().Everywhere());
        session.Send(MemorySession.Hello + "AUTH PLAIN\r\n" + new string('c', AuthLine.MaxLength + 4) + "\r\n");
        Assert.Equal(["C: (LineTooLong)", "S: 500 5.5.6 Authentication exchange line is too long"], Said(session)[^2..]);
    }

    [Theory]
    [InlineData("NOOP a\u001b[31mred", "NOOP a\\x1B[31mred")]
    [InlineData("NOOP a\\x0A", "NOOP a\\\\x0A")]
    [InlineData("NOOP a\tb\u007fc", "NOOP a\\x09b\\x7Fc")]
    [InlineData("MAIL FROM:<\u00c3\u00a4@a.example>", "MAIL FROM:<\u00e4@a.example>")]              // UTF-8, shown
    [InlineData("MAIL FROM:<\u00e4@a.example>", "MAIL FROM:<\\xE4@a.example>")]                    // no UTF-8
    [InlineData("MAIL FROM:<\u00e2\u0080\u00aea@b>", "MAIL FROM:<\\xE2\\x80\\xAEa@b>")]            // turns the text round
    [InlineData("MAIL FROM:<\u00e2\u0080\u00a8a@b>", "MAIL FROM:<\\xE2\\x80\\xA8a@b>")]            // a line end of Unicode
    public void Lines_WithWhatIsNoText_AreEscaped(string line, string expected)
    {
        using var session = Start();
        session.Send(line + "\r\n");
        Assert.Equal("C: " + expected, Said(session)[1]);
    }

    [Fact]
    public void Lines_TooLong_AreCut()
    {
        using var session = Start();
        session.Send($"NOOP {new string('x', 1500)}\r\n");
        Assert.Equal($"C: NOOP {new string('x', 507)}... (1505 bytes)", Said(session)[1]);
        session.Send($"NOOP {new string('x', 3000)}\r\n");
        Assert.Equal("C: (LineTooLong)", Said(session)[3]);
    }

    [Theory]
    [InlineData("192.0.2.7/32", true)]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("192.0.2.8/32", false)]
    [InlineData("::/0", false)]
    public void Sources_AddressOrPrefix_SayWhoIsWritten(string source, bool written)
    {
        _log.Sources = [IPNetwork.Parse(source)];
        using var session = Start();
        session.Send("NOOP\r\n");
        Assert.Equal(written, _lines.Lines.Count > 0);
    }

    [Fact]
    public void Sources_ChangedWhileASessionRuns_HoldFromTheNextCommandOn()
    {
        _log.Sources = [];
        using var session = Start();
        session.Send("NOOP 1\r\n");
        _log.Sources = [IPNetwork.Parse("192.0.2.7/32")];
        session.Send("NOOP 2\r\n");
        _log.Sources = [];
        session.Send("NOOP 3\r\n");
        Assert.Equal(["C: NOOP 2", "S: 250 2.0.0 OK"], Said(session));
        Assert.Empty(_log.Sources);
    }

    [Fact]
    public void Sources_BehindAProxy_AreThoseOfTheClient()
    {
        _log.Sources = [IPNetwork.Parse("198.51.100.9/32")];
        using var session = Start(options => options.XclientSources = [IPNetwork.Parse("192.0.2.7/32")]);
        session.Send("EHLO proxy.example\r\nXCLIENT ADDR=198.51.100.9\r\nNOOP\r\n");
        Assert.Equal(["S: 220 mx.example ESMTP ready", "C: NOOP", "S: 250 2.0.0 OK"], Said(session));
    }

    [Fact]
    public void Session_OfAnUnknownAddress_IsNotWritten()
    {
        var protocol = new SessionProtocol(_log, new SmtpSessionInfo(null, null));
        _log.Sources = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];
        Assert.False(protocol.IsOn);
    }

    [Fact]
    public void Logger_WithoutInformation_IsGivenNothing()
    {
        _lines.Least = LogLevel.Warning;
        using var session = Start();
        session.Send("NOOP\r\n");
        Assert.Empty(_lines.Lines);
    }

    [Fact]
    public void Log_ThatIsOff_AllocatesNothing()
    {
        _log.Sources = [IPNetwork.Parse("198.51.100.0/24")];
        var protocol = new SessionProtocol(_log, new SmtpSessionInfo(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 1), null));
        var least = long.MaxValue;
        for (var run = 0; run < 20; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 1000; round++)
            {
                protocol.Reply(new ServerReply(250, null, "OK"));
                protocol.Content(10);
                protocol.Response(new AuthLine(AuthLineKind.Response, []));
                protocol.Challenge(10);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private MemorySession Start(Action<SmtpServerOptions>? configure = null) => new(options =>
    {
        options.ProtocolLog = _log;
        configure?.Invoke(options);
    });

    private List<string> Said(MemorySession session) => [.. _lines.Lines.Select(line => line.Text.Replace($"SMTP session {session.Info.Id} ", "", StringComparison.Ordinal))];
}
