using System.Net.Security;
using System.Security.Authentication;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>What EHLO offers, and what ends a transaction. Every command in every state is in the files of Dialogues/States.</summary>
public sealed class TransactionOrderTests
{
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
        var session = new MemorySession(
            options =>
            {
                options.MaxMessageSize = 1000;
                options.Extensions = [new RequireTlsExtension()];
                options.Tls = new SmtpServerTls(TestCertificates.First);
            }, tls: state == "tls" ? new TlsSessionInfo(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, "") : null);
        Assert.Equal("220 mx.example ESMTP ready\r\n", session.Received());
        session.Send(state switch
        {
            "ehlo" or "tls" => MemorySession.Hello,
            "rcpt" => MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt,
            _ => "",
        });
        return session;
    }
}
