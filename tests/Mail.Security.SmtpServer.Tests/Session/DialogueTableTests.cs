using System.Net.Security;
using System.Security.Authentication;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>Every command in every state. "!" means that the server closes the connection after its reply.</summary>
public sealed class DialogueTableTests
{
    private static readonly string[] States = ["new", "refused", "helo", "ehlo", "mail", "rcpt", "tls", "must"];

    // Columns: connected; greeting refused; after HELO; after EHLO; after MAIL; after RCPT; EHLO under TLS; in clear where TLS is required.
    private const string Table = """
        HELO c.example           | 250         | 503         | 250         | 250         | 250         | 250         | 250         | 530
        EHLO c.example           | 250         | 503         | 250         | 250         | 250         | 250         | 250         | 250
        ehlo [IPv6:2001:db8::1]  | 250         | 503         | 250         | 250         | 250         | 250         | 250         | 250
        EHLO                     | 501         | 503         | 501         | 501         | 501         | 501         | 501         | 501
        EHLO (c)                 | 501         | 503         | 501         | 501         | 501         | 501         | 501         | 501
        EHLO c\u00E9             | 500         | 503         | 500         | 500         | 500         | 500         | 500         | 500
        MAIL FROM:<a@a.example>  | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 250 2.1.0   | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 530 5.7.0
        MAIL FROM:<>             | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 250 2.1.0   | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 530 5.7.0
        MAIL FROM: <a@a.example> | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 250 2.1.0   | 503 5.5.1   | 503 5.5.1   | 250 2.1.0   | 530 5.7.0
        MAIL                     | 503 5.5.1   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 503 5.5.1   | 503 5.5.1   | 501 5.5.4   | 530 5.7.0
        MAIL FROM:a@a.example    | 503 5.5.1   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 503 5.5.1   | 503 5.5.1   | 501 5.5.4   | 530 5.7.0
        MAIL FROM:<@>            | 503 5.5.1   | 503 5.5.1   | 501 5.1.7   | 501 5.1.7   | 503 5.5.1   | 503 5.5.1   | 501 5.1.7   | 530 5.7.0
        MAIL FROM:<a@[300.1.1.1]>| 503 5.5.1   | 503 5.5.1   | 501 5.1.7   | 501 5.1.7   | 503 5.5.1   | 503 5.5.1   | 501 5.1.7   | 530 5.7.0
        RCPT TO:<b@b.example>    | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 250 2.1.5   | 250 2.1.5   | 503 5.5.1   | 530 5.7.0
        RCPT TO:<Postmaster>     | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 250 2.1.5   | 250 2.1.5   | 503 5.5.1   | 530 5.7.0
        RCPT TO:<>               | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 501 5.1.3   | 501 5.1.3   | 503 5.5.1   | 530 5.7.0
        RCPT                     | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 503 5.5.1   | 530 5.7.0
        DATA                     | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 554 5.5.1   | 354         | 503 5.5.1   | 530 5.7.0
        DATA now                 | 501 5.5.4   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 530 5.7.0
        RSET                     | 250 2.0.0   | 503 5.5.1   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 530 5.7.0
        RSET now                 | 501 5.5.4   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 530 5.7.0
        NOOP                     | 250 2.0.0   | 503 5.5.1   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0
        noop with words          | 250 2.0.0   | 503 5.5.1   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0   | 250 2.0.0
        QUIT                     | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 ! | 221 2.0.0 !
        QUIT now                 | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4
        STARTTLS                 | 220 2.0.0   | 503 5.5.1   | 220 2.0.0   | 220 2.0.0   | 220 2.0.0   | 220 2.0.0   | 503 5.5.1   | 220 2.0.0
        STARTTLS now             | 501 5.5.4   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4
        HELP                     | 214 2.0.0   | 503 5.5.1   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 530 5.7.0
        VRFY ann                 | 252 2.5.0   | 503 5.5.1   | 252 2.5.0   | 252 2.5.0   | 252 2.5.0   | 252 2.5.0   | 252 2.5.0   | 530 5.7.0
        VRFY                     | 501 5.5.4   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 530 5.7.0
        EXPN list                | 502 5.5.1   | 503 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 530 5.7.0
        BDAT 0                   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 554 5.5.1   | 250 2.0.0   | 503 5.5.1   | 530 5.7.0
        BDAT 2 LAST\r\n\r\n      | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 554 5.5.1   | 250 2.0.0   | 503 5.5.1   | 530 5.7.0
        BDAT 2 FIRST\r\n.\n      | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 503 5.5.1   | 554 5.5.1   | 501 5.5.4   | 503 5.5.1   | 530 5.7.0
        BDAT                     | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 !
        bdat -1                  | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 !
        BDAT 2\u00E9             | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 !
        BDAT 2\n.                | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 ! | 501 5.5.4 !
        EXPN                     | 501 5.5.4   | 503 5.5.1   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 501 5.5.4   | 530 5.7.0
        HELP EXPN                | 214 2.0.0   | 503 5.5.1   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 214 2.0.0   | 530 5.7.0
        AUTH PLAIN               | 502 5.5.1   | 503 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 530 5.7.0
        ETRN b.example           | 502 5.5.1   | 503 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1   | 502 5.5.1
        XYZZY                    | 500 5.5.2   | 503 5.5.1   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        NOOP\tx                  | 500 5.5.2   | 503 5.5.1   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        \u0020                   | 500 5.5.2   | 503 5.5.1   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        NOOP \u00E9              | 500 5.5.2   | 503 5.5.1   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        NOOP\rNOOP               | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        NOOP\nNOOP               | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        NOOP\0                   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        GET / HTTP/1.1           | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 !
        post /\u00E9 HTTP/1.1    | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 !
        GET / HTTP/1.0\nHost: x  | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2 !
        \u0016\u0003\u0001\u0002 | 500 5.5.2 ! | 500 5.5.2 ! | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2   | 500 5.5.2
        """;

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var row in Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)))
        {
            Assert.Equal(States.Length + 1, row.Length);
            for (var state = 0; state < States.Length; state++)
                cells.Add(States[state], row[0], row[state + 1]);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Trait("rfc", "5321#4.1.4")]
    [Trait("rfc", "5321#4.3.2")]
    [Trait("rfc", "3207#4")]
    public void Command_InEveryState_AnswersAsTheTableSays(string state, string command, string expected)
    {
        var session = Enter(state);
        var line = System.Text.RegularExpressions.Regex.Unescape(command);
        // The chunk behind a BDAT brings its own line ends.
        var seen = session.Ask(line.StartsWith("BDAT 2 ", StringComparison.Ordinal) ? line : line + "\r\n");
        Assert.Equal(expected, session.Run.IsCompleted ? seen + " !" : seen);

        if (session.Run.IsCompleted)
            Assert.Equal(expected[..3] switch { "221" => SessionEndReason.Quit, "501" => SessionEndReason.BadChunk, _ => SessionEndReason.NotSmtp }, session.End.Reason);
        else if (expected is not ("354" or "220 2.0.0"))
            Assert.Equal(state == "refused" ? "503 5.5.1" : "250 2.0.0", session.Ask("NOOP\r\n"));
        session.Abort();
        Assert.Equal(command.StartsWith("BDAT 2 LAST", StringComparison.Ordinal) && state == "rcpt" ? 1 : 0, session.End.AcceptedMessages);
    }

    [Fact]
    public void StartTls_WithoutCertificate_IsNotImplemented() =>
        Assert.Equal("502 5.5.1", MemorySession.After(MemorySession.Hello).Ask("STARTTLS\r\n"));

    [Fact]
    [Trait("rfc", "5321#4.1.1.1")]
    public void Ehlo_Answer_IsTheList()
    {
        var session = Enter("new");
        Assert.Equal(
            "250-mx.example greets c.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250 LIMITS RCPTMAX=1000\r\n",
            session.Send("EHLO c.example\r\n"));
        Assert.Equal("250 mx.example greets d.example\r\n", session.Send("HELO d.example a remark\r\n"));
        Assert.Equal(("d.example", SmtpHello.Helo), (session.Info.HelloName, session.Info.Hello));
    }

    [Fact]
    [Trait("rfc", "3207#4.2")]
    [Trait("rfc", "8689#2")]
    public void Ehlo_UnderTls_OffersRequireTlsInPlaceOfStartTls()
    {
        var answer = Enter("tls").Send("EHLO c.example\r\n");
        Assert.DoesNotContain("STARTTLS", answer, StringComparison.Ordinal);
        Assert.EndsWith("250 REQUIRETLS\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "5321#4.1.4")]
    public void Ehlo_InsideATransaction_ForgetsIt()
    {
        var session = Enter("rcpt");
        Assert.Equal("250, 503 5.5.1, 250 2.1.0, 554 5.5.1", session.Ask("EHLO c.example\r\nRCPT TO:<b@b.example>\r\nMAIL FROM:<>\r\nDATA\r\n"));
    }

    [Fact]
    [Trait("rfc", "5321#4.1.4")]
    public void Ehlo_Refused_LeavesTheSessionAsItWas()
    {
        var session = Enter("rcpt");
        session.Handler.Refuse = hook => hook == Hook.Hello ? new SmtpRefusal(550, new(5, 7, 1), "not you") : null;
        Assert.Equal("550, 501, 354", session.Ask("EHLO other.example\r\nEHLO\r\nDATA\r\n"));
        Assert.Equal("c.example", session.Info.HelloName);
    }

    [Fact]
    [Trait("rfc", "5321#4.1.1.5")]
    public void Rset_InsideATransaction_ForgetsItAndNotTheHello() =>
        Assert.Equal("250 2.0.0, 503 5.5.1, 250 2.1.0, 250 2.1.5, 354", Enter("rcpt").Ask("RSET\r\nDATA\r\n" + MemorySession.Mail + MemorySession.Rcpt + "DATA\r\n"));

    [Fact]
    public void Message_AcceptedTwice_InOneSession()
    {
        var session = Enter("ehlo");
        for (var message = 1; message <= 2; message++)
        {
            Assert.Equal("250 2.1.0, 250 2.1.5, 354", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data));
            Assert.Equal("250 2.0.0 stored\r\n", session.Send("Subject: x\r\n\r\n..dot\r\n.\r\n"));
        }
        Assert.Equal("221 2.0.0", session.Ask("QUIT\r\n"));
        Assert.Equal(new SessionEnd(SessionEndReason.Quit, 2, ""), session.End);
        Assert.Equal(["Subject: x\r\n\r\n.dot\r\n", "Subject: x\r\n\r\n.dot\r\n"], session.Handler.Accepted);
        Assert.All(session.Handler.Envelopes, envelope => Assert.Equal(("ann@a.example", "bob@b.example"), (envelope.ReversePath.ToString(), envelope.Recipients.Single().Path.ToString())));
    }

    private static MemorySession Enter(string state)
    {
        var tls = state == "tls" ? new TlsSessionInfo(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, "") : null;
        var handler = new RecordingHandler { Refuse = hook => hook == Hook.Connect && state == "refused" ? new SmtpRefusal(554, new(5, 7, 1), "no") : null };
        var session = new MemorySession(
            options =>
            {
                options.MaxMessageSize = 1000;
                options.Extensions = [new RequireTlsExtension()];
                options.Tls = new SmtpServerTls(TestCertificates.First) { Requirement = state == "must" ? TlsRequirement.Required : TlsRequirement.Optional };
            }, handler, tls);
        Assert.Equal(state == "refused" ? "554 no\r\n" : "220 mx.example ESMTP ready\r\n", session.Received());
        var lines = state switch
        {
            "helo" => "HELO c.example\r\n",
            "ehlo" or "tls" or "must" => MemorySession.Hello,
            "mail" => MemorySession.Hello + MemorySession.Mail,
            "rcpt" => MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt,
            _ => "",
        };
        session.Send(lines);
        return session;
    }
}
