using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>The LIMITS extension: what is announced is what is enforced.</summary>
public sealed class AnnouncedLimitsTests
{
    [Theory]
    [InlineData(0, 0, "LIMITS RCPTMAX=100\r\n")]
    [InlineData(2, 0, "LIMITS RCPTMAX=100 MAILMAX=2\r\n")]
    [InlineData(2, 3, "LIMITS RCPTMAX=100 MAILMAX=2 RCPTDOMAINMAX=3\r\n")]
    public void Ehlo_Limits_AreThoseOfTheOptions(int transactions, int domains, string expected) =>
        Assert.Contains(expected, Start(transactions, domains).Send(MemorySession.Hello), StringComparison.Ordinal);

    [Theory]
    [InlineData(999_999, 0, "LIMITS RCPTMAX=999999\r\n")]
    [InlineData(1_000_000, 2, "LIMITS RCPTMAX=999999 MAILMAX=2\r\n")]
    [InlineData(1_000_000, int.MaxValue, "LIMITS RCPTMAX=999999 MAILMAX=999999\r\n")]
    public void Ehlo_LimitOfMoreThanSixDigits_IsAnnouncedAsTheLargestOfSix(int recipients, int transactions, string expected)
    {
        var reply = new MemorySession(options => (options.MaxRecipients, options.MaxTransactions) = (recipients, transactions)).Send(MemorySession.Hello);
        Assert.Contains(expected, reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Rcpt_NoLimitThatCounts_IsTaken()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail, options => options.MaxRecipients = int.MaxValue);
        Assert.Equal("250 2.1.5", session.Ask(MemorySession.Rcpt));
    }

    [Fact]
    public void Ehlo_LimitsSwitchedOff_AreNotAnnouncedButEnforced()
    {
        var session = new MemorySession(options => (options.Features, options.MaxTransactions) = (SmtpServerFeatures.None, 1));
        Assert.DoesNotContain("LIMITS", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("250 2.1.0, 250 2.0.0, 421 4.7.0", session.Ask(MemorySession.Mail + "RSET\r\n" + MemorySession.Mail));
    }

    [Fact]
    public void Mail_MoreThanAnnounced_ClosesTheSession()
    {
        var session = Start(3, 0);
        session.Send(MemorySession.Hello);
        Assert.Equal("250 2.1.0, 503 5.5.1, 250 2.0.0, 501 5.5.4, 421 4.7.0", session.Ask(MemorySession.Mail + MemorySession.Mail + "RSET\r\nMAIL\r\n" + MemorySession.Mail + "NOOP\r\n"));
        Assert.Equal(SessionEndReason.TooManyTransactions, session.End.Reason);
    }

    [Fact]
    public void Rcpt_MoreDomainsThanAnnounced_AreRefusedOneByOne()
    {
        var session = Start(0, 2);
        session.Send(MemorySession.Hello + MemorySession.Mail);
        Assert.Equal("250 2.1.5, 250 2.1.5, 250 2.1.5, 452 4.5.3, 250 2.1.5", session.Ask(
            "RCPT TO:<a@one.example>\r\nRCPT TO:<b@ONE.example>\r\nRCPT TO:<c@[192.0.2.1]>\r\nRCPT TO:<d@two.example>\r\nRCPT TO:<e@[192.0.2.1]>\r\n"));
        // The next message of the session is bound to the same domains.
        Assert.Equal("250 2.0.0, 250 2.1.0, 452 4.5.3, 250 2.1.5", session.Ask("RSET\r\n" + MemorySession.Mail + "RCPT TO:<d@two.example>\r\nRCPT TO:<a@one.example>\r\n"));
    }

    [Fact]
    public void Rcpt_RefusedByTheHandler_CountsForNoDomain()
    {
        var session = Start(0, 1);
        session.Handler.Refuse = hook => hook == Hook.Recipient ? new Smtp.SmtpRefusal(550, new(5, 1, 1), "no") : null;
        session.Send(MemorySession.Hello + MemorySession.Mail);
        Assert.Equal("550 5.1.1", session.Ask("RCPT TO:<a@one.example>\r\n"));
        session.Handler.Refuse = null;
        Assert.Equal("250 2.1.5", session.Ask("RCPT TO:<a@two.example>\r\n"));
    }

    private static MemorySession Start(int transactions, int domains) => new(options =>
        (options.MaxRecipients, options.MaxTransactions, options.MaxRecipientDomains) = (100, transactions, domains));
}
