using System.Net;
using System.Text;
using FsCheck.Xunit;
using Mail.Security.Sasl;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>AUTH over pipes, where every byte and every reply is the test's.</summary>
public sealed class AuthTests
{
    private const string AuthPlain = "AUTH PLAIN\r\n";

    private readonly TestAccounts _accounts = new();

    public static TheoryData<string> Mechanisms =>
        [SaslMechanisms.ScramSha512, SaslMechanisms.ScramSha256, SaslMechanisms.ScramSha1, SaslMechanisms.CramMd5, SaslMechanisms.Plain, SaslMechanisms.Login];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    [Trait("rfc", "4954#4")]
    public void Auth_RightPassword_Succeeds(string mechanism)
    {
        var session = Start();
        Assert.StartsWith("235 2.7.0 ", LogIn(session.Send, mechanism, TestAccounts.Password), StringComparison.Ordinal);
        Assert.Equal(new SmtpAuthentication(TestAccounts.User, TestAccounts.User, mechanism), session.Info.Authentication);
        Assert.Equal("250 2.1.0", session.Ask(MemorySession.Mail));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void Auth_ByteByByte_Succeeds(string mechanism)
    {
        var session = Start();
        Assert.StartsWith("235 2.7.0 ", LogIn(text => session.SendSlowly(Encoding.ASCII.GetBytes(text)), mechanism, TestAccounts.Password), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    [Trait("rfc", "4954#6")]
    public void Auth_WrongPassword_Fails(string mechanism)
    {
        var session = Start();
        Assert.StartsWith("535 5.7.8 ", LogIn(session.Send, mechanism, "wrong"), StringComparison.Ordinal);
        Assert.Null(session.Info.Authentication);
        Assert.Equal("250 2.1.0", session.Ask(MemorySession.Mail));
    }

    // Each answer to what was sent, and nothing more; after it the session goes on.
    [Theory]
    [InlineData("AUTH", "501 5.5.4")]
    [InlineData("AUTH PLAIN = =", "501 5.5.4")]
    [InlineData("AUTH GSSAPI", "504 5.5.4")]
    [InlineData("AUTH EXTERNAL", "504 5.5.4")]
    [InlineData("AUTH SCRAM-SHA-256-PLUS", "504 5.5.4")]
    [InlineData("AUTH GSSAPI ???", "504 5.5.4")]
    [InlineData("AUTH A-NAME-LONGER-THAN-THERE-IS-ANY-OF", "504 5.5.4")]
    [InlineData("AUTH PL\u00C4IN", "500 5.5.2")]
    [InlineData("AUTH PLAIN", "334")]
    [InlineData("auth plain", "334")]
    [InlineData("AUTH PLAIN ", "334")]
    [InlineData("AUTH PLAIN =", "535 5.7.8")]
    [InlineData("AUTH PLAIN ==", "501 5.5.2")]
    [InlineData("AUTH PLAIN a", "501 5.5.2")]
    [InlineData("AUTH PLAIN =AAA", "501 5.5.2")]
    [InlineData("AUTH PLAIN AAA=BBB=", "501 5.5.2")]
    [InlineData("AUTH PLAIN A===", "501 5.5.2")]
    [InlineData("AUTH PLAIN AAA", "501 5.5.2")]
    [InlineData("AUTH PLAIN AAA\tA", "501 5.5.2")]
    [InlineData("AUTH PLAIN AAA-", "501 5.5.2")]
    [InlineData("AUTH PLAIN *", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGFubg==", "535 5.7.8")]
    [InlineData("AUTH CRAM-MD5 =", "501 5.7.0")]
    [InlineData("AUTH CRAM-MD5 AAAA", "501 5.7.0")]
    [InlineData("AUTH PLAIN\r\n*", "334, 501 5.0.0")]
    [InlineData("AUTH PLAIN\r\n", "334, 535 5.7.8")]
    [InlineData("AUTH PLAIN\r\n=", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\n**", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\nAAA A", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\nAA\nAA", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\nAA\rAA", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\nAAAA ", "334, 501 5.5.2")]
    [InlineData("AUTH PLAIN\r\nQUIT", "334, 535 5.7.8")]
    [InlineData("AUTH LOGIN\r\n*", "334, 501 5.0.0")]
    [InlineData("AUTH LOGIN\r\nYW5u\r\n*", "334, 334, 501 5.0.0")]
    [InlineData("AUTH LOGIN\r\nYW5u\r\nYW5u", "334, 334, 535 5.7.8")]
    [InlineData("AUTH CRAM-MD5\r\n*", "334, 501 5.0.0")]
    [InlineData("AUTH SCRAM-SHA-256\r\n*", "334, 501 5.0.0")]
    [InlineData("AUTH SCRAM-SHA-256 AAAA", "535 5.7.8")]
    [Trait("rfc", "4954#4")]
    public void Auth_EveryError_HasItsReply(string lines, string replies)
    {
        var session = Start();
        Assert.Equal(replies, session.Ask(lines + "\r\n"));
        Assert.Equal(replies == "334" ? "501 5.0.0, 250 2.0.0" : "250 2.0.0", session.Ask((replies == "334" ? "*\r\n" : "") + "NOOP\r\n"));
        Assert.Null(session.Info.Authentication);
    }

    [Theory]
    [InlineData("AUTH PLAIN {0}", "235 2.7.0")]
    [InlineData("AUTH PLAIN\r\n{0}", "334, 235 2.7.0")]
    [InlineData("auth pLaIn {0}  ", "235 2.7.0")]
    [Trait("rfc", "4954#4")]
    public void Auth_Plain_WithAndWithoutInitialResponse(string lines, string replies)
    {
        var session = Start();
        Assert.Equal(replies, session.Ask(string.Format(System.Globalization.CultureInfo.InvariantCulture, lines, TestAccounts.Plain()) + "\r\n"));
    }

    [Fact]
    public void Auth_ChallengeWithoutData_IsCodeAndSpace() => Assert.Equal("334 \r\n", Start().Send(AuthPlain));

    [Theory]
    [InlineData("", "503 5.5.1")]                                                   // before any greeting
    [InlineData("HELO c.example\r\n", "503 5.5.1")]
    [InlineData(MemorySession.Hello, "235 2.7.0")]
    [InlineData(MemorySession.Hello + MemorySession.Mail, "503 5.5.1")]
    [InlineData(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt, "503 5.5.1")]
    [InlineData(MemorySession.Hello + MemorySession.Mail + "RSET\r\n", "235 2.7.0")]
    [InlineData(MemorySession.Hello + MemorySession.Mail + MemorySession.Hello, "235 2.7.0")]
    [Trait("rfc", "4954#4")]
    public void Auth_InItsPlace_AndOutOfIt(string before, string reply)
    {
        var session = MemorySession.After(before, _accounts.Everywhere());
        Assert.Equal(reply, session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
    }

    [Theory]
    [InlineData("AUTH PLAIN")]
    [InlineData("AUTH GSSAPI")]
    [InlineData("AUTH")]
    [Trait("rfc", "4954#4")]
    public void Auth_AfterSuccess_IsRefusedAndNoLongerOffered(string again)
    {
        var session = LoggedIn();
        Assert.Equal("503 5.5.1", session.Ask(again + "\r\n"));
        Assert.DoesNotContain("AUTH", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("503 5.5.1, 250 2.0.0", session.Ask(again + "\r\nRSET\r\n"));
        Assert.NotNull(session.Info.Authentication);
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public void Auth_Success_ForgetsNothing()
    {
        var session = LoggedIn();
        Assert.Equal(("c.example", SmtpHello.Ehlo), (session.Info.HelloName, session.Info.Hello));
    }

    [Fact]
    public void Auth_WithoutOptions_IsNotImplemented()
    {
        var session = MemorySession.After("");
        Assert.DoesNotContain("AUTH", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("502 5.5.1, 555 5.5.4", session.Ask("AUTH PLAIN\r\nMAIL FROM:<> AUTH=<>\r\n"));
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public void Ehlo_InClear_OffersNoPassword()
    {
        var session = MemorySession.After("", options => options.Authentication = new SmtpServerAuthentication(_accounts.Factory()));
        Assert.Contains("250-AUTH SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5\r\n", Dashed(session.Send(MemorySession.Hello)), StringComparison.Ordinal);
        Assert.Equal("504 5.5.4, 504 5.5.4", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\nAUTH LOGIN\r\n"));
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public void Ehlo_OnlyPasswordMechanismsInClear_HasNoAuthLine()
    {
        var session = MemorySession.After("", options => options.Authentication = new SmtpServerAuthentication(
            new SaslServerFactory(_accounts, new SaslServerOptions { Mechanisms = [SaslMechanisms.Plain] })));
        Assert.DoesNotContain("AUTH", session.Send(MemorySession.Hello), StringComparison.Ordinal);
    }

    [Fact]
    public void Ehlo_InClearWhereTlsIsRequired_HasNoAuthLine()
    {
        var session = MemorySession.After("", options =>
        {
            _accounts.Everywhere()(options);
            options.Tls = new SmtpServerTls(TestCertificates.First) { Requirement = TlsRequirement.Required };
        });
        Assert.DoesNotContain("AUTH", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("530 5.7.0", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
    }

    [Theory]
    [InlineData(MemorySession.Mail, "530 5.7.0")]
    [InlineData(MemorySession.Rcpt, "530 5.7.0")]
    [InlineData(MemorySession.Data, "530 5.7.0")]
    [InlineData("BDAT 4 LAST\r\nQUIT", "530 5.7.0")]
    [InlineData("VRFY ann\r\n", "530 5.7.0")]
    [InlineData("EXPN list\r\n", "530 5.7.0")]
    [InlineData("NOOP\r\n", "250 2.0.0")]
    [InlineData("RSET\r\n", "250 2.0.0")]
    [InlineData("HELO c.example\r\n", "250")]
    [InlineData(MemorySession.Hello, "250")]
    [InlineData("HELP\r\n", "214 2.0.0")]
    [InlineData("XYZZY\r\n", "500 5.5.2")]
    [InlineData("QUIT\r\n", "221 2.0.0")]
    [Trait("rfc", "4954#6")]
    public void Commands_WhereALoginIsRequired_WaitForIt(string command, string reply)
    {
        var session = MemorySession.After(MemorySession.Hello, _accounts.Everywhere(AuthenticationRequirement.Required));
        Assert.Equal(reply, session.Ask(command));
        Assert.DoesNotContain(Hook.Mail, session.Handler.Calls);
    }

    [Fact]
    public void Mail_WhereALoginIsRequired_IsTakenAfterIt()
    {
        var session = LoggedIn(AuthenticationRequirement.Required);
        Assert.Equal("250 2.1.0, 250 2.1.5, 354", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data));
        Assert.Equal("250 2.0.0", session.Ask("x\r\n.\r\n"));
        var envelope = Assert.Single(session.Handler.Envelopes);
        Assert.Equal((TestAccounts.User, null), (envelope.AuthorizationIdentity, envelope.Submitter));
    }

    // RFC 4954 §4: AUTH is the last of a group, or carries all that PLAIN says.
    [Theory]
    [InlineData("EHLO c.example\r\nAUTH PLAIN {0}\r\nMAIL FROM:<a@a.example>\r\n", "250, 235 2.7.0, 250 2.1.0")]
    [InlineData("EHLO c.example\r\nAUTH PLAIN\r\n{0}\r\nMAIL FROM:<a@a.example>\r\n", "250, 334, 235 2.7.0, 250 2.1.0")]
    [InlineData("EHLO c.example\r\nAUTH PLAIN\r\nMAIL FROM:<a@a.example>\r\nNOOP\r\n", "250, 334, 501 5.5.2, 250 2.0.0")]
    [InlineData("EHLO c.example\r\nAUTH GSSAPI {0}\r\nNOOP\r\n", "250, 504 5.5.4, 250 2.0.0")]
    [Trait("rfc", "4954#4")]
    public void Auth_InAGroup_TakesTheNextLineForAResponseOnlyWhenItAsked(string lines, string replies)
    {
        var session = MemorySession.After("", _accounts.Everywhere());
        session.Received();
        Assert.Equal(replies, session.Ask(string.Format(System.Globalization.CultureInfo.InvariantCulture, lines, TestAccounts.Plain())));
    }

    [Property(MaxTest = 100)]
    public void Auth_InAnyPieces_SameReplies(int[] cuts)
    {
        var bytes = Encoding.ASCII.GetBytes($"AUTH LOGIN\r\n{TestAccounts.Base64("x")}\r\n*\r\nAUTH PLAIN\r\n{TestAccounts.Plain()}\r\nNOOP\r\n");
        Assert.Equal(Start().Send(bytes), Start().SendInPieces(bytes, cuts));
        Assert.Equal(["334", "334", "501 5.0.0", "334", "235 2.7.0", "250 2.0.0"], MemorySession.Codes(Start().SendSlowly(bytes)));
    }

    [Theory]
    [InlineData(12_288, "535 5.7.8")]
    [InlineData(12_292, "500 5.5.6")]
    [InlineData(200_000, "500 5.5.6")]
    [Trait("rfc", "4954#4")]
    public void Auth_LongResponse_HasItsOwnLimit(int length, string reply)
    {
        var session = Start();
        Assert.Equal("334 \r\n", session.Send(AuthPlain));
        Assert.Equal($"{reply}, 250 2.0.0", session.Ask(new string('A', length) + "\r\nNOOP\r\n"));
    }

    [Fact]
    [Trait("rfc", "4954#4")]
    public void Auth_ResponseWithoutEnd_IsNotKept()
    {
        var session = new MemorySession(_accounts.Everywhere(), inputLimit: 16 * 1024);
        session.Send(MemorySession.Hello + AuthPlain);
        for (var round = 0; round < 100; round++)
            Assert.True(session.TrySend(Encoding.ASCII.GetBytes(new string('A', 8192))), "the line piles up");
        Assert.Equal("500 5.5.6, 250 2.0.0", session.Ask("\r\nNOOP\r\n"));
    }

    [Fact]
    public void Auth_DribbledResponse_IsHeldToOneTime()
    {
        var session = Start();
        session.Send(AuthPlain);
        for (var minute = 0; minute < 4; minute++)
        {
            session.Send("A");
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(1)));
        }
        Assert.StartsWith("421 4.4.2 ", session.Advance(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
    }

    [Fact]
    public void Auth_Shutdown_EndsTheSession()
    {
        var session = Start();
        session.Send(AuthPlain);
        Assert.StartsWith("421 4.3.2 ", session.Shutdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Auth_ClientGone_EndsTheSession()
    {
        var session = Start();
        session.Send(AuthPlain);
        session.Close();
        Assert.Equal(new SessionEnd(SessionEndReason.ClientClosed, 0, "closed within a login"), session.End);
    }

    [Fact]
    public void Auth_AfterTooManyFailures_ClosesTheSession()
    {
        var log = new ListLogger();
        using var session = new MemorySession(_accounts.Everywhere(), logger: log);
        session.Send(MemorySession.Hello);
        var wrong = $"AUTH PLAIN {TestAccounts.Plain("wrong")}\r\n";
        Assert.Equal("535 5.7.8, 501 5.0.0, 535 5.7.8, 535 5.7.8", session.Ask($"{wrong}{AuthPlain}*\r\n{wrong}{wrong}").Replace("334, ", "", StringComparison.Ordinal));
        Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
        Assert.StartsWith("421 4.7.0 ", session.Send($"AUTH PLAIN {TestAccounts.Plain()}\r\n"), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.TooManyFailedLogins, session.End.Reason);
        Assert.EndsWith("from 192.0.2.7:4711 is closed at a limit: Too many failed logins, closing the connection", log.Single(1412).Text, StringComparison.Ordinal);
        Assert.Null(session.Info.Authentication);
    }

    [Fact]
    public void Auth_EveryKindOfFailure_IsAnErrorOfTheSession()
    {
        var session = MemorySession.After(MemorySession.Hello, options =>
        {
            _accounts.Everywhere(failures: 100)(options);
            options.MaxErrors = 3;
        });
        Assert.Equal("334, 501 5.0.0, 334, 501 5.5.2, 535 5.7.8", session.Ask($"{AuthPlain}*\r\n{AuthPlain}?\r\nAUTH PLAIN {TestAccounts.Plain("wrong")}\r\n"));
        Assert.Equal("334, 421 4.7.0", session.Ask($"{AuthPlain}*\r\n"));
        Assert.Equal(SessionEndReason.TooManyErrors, session.End.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Auth_TemporaryFailure_IsNoErrorOfTheSession(bool ofTheStore)
    {
        var handler = new RecordingHandler { RefuseLogin = _ => new SmtpRefusal(454, new(4, 7, 0), "not now") };
        if (ofTheStore)
            _accounts.Interfere = _ => throw new InvalidOperationException("the store is broken");
        var session = MemorySession.After(MemorySession.Hello, options =>
        {
            _accounts.Everywhere(failures: 1)(options);
            options.MaxErrors = 1;
        }, handler);
        session.Received();
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Equal("454 4.7.0", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
        (_accounts.Interfere, handler.RefuseLogin) = (null, null);
        Assert.Equal("500 5.5.2, 235 2.7.0", session.Ask($"XYZZY\r\nAUTH PLAIN {TestAccounts.Plain()}\r\n"));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void Auth_StoreThatThrows_IsUnavailable(string mechanism)
    {
        _accounts.Interfere = _ => throw new InvalidOperationException("the store is broken");
        var session = Start();
        Assert.StartsWith("454 4.7.0 ", LogIn(session.Send, mechanism, TestAccounts.Password), StringComparison.Ordinal);
        _accounts.Interfere = null;
        Assert.StartsWith("235 2.7.0 ", LogIn(session.Send, mechanism, TestAccounts.Password), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Auth_StoreThatStalls_IsUnavailableInTime(bool heedsItsToken)
    {
        var never = new TaskCompletionSource();
        _accounts.Interfere = token => new(heedsItsToken ? never.Task.WaitAsync(token) : never.Task);
        var session = Start();
        Assert.Equal("", session.Send($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
        Assert.Equal("", session.Advance(TimeSpan.FromSeconds(29)));
        Assert.StartsWith("454 4.7.0 ", session.Advance(TimeSpan.FromSeconds(1)), StringComparison.Ordinal);
        _accounts.Interfere = null;
        never.SetResult();
        Assert.Equal("235 2.7.0", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
    }

    [Theory]
    [InlineData(535, "5.7.8", "535 5.7.8", 1)]
    [InlineData(454, "4.7.0", "454 4.7.0", 3)]
    [InlineData(421, "4.7.0", "421 4.7.0", 0)]
    [InlineData(250, "2.0.0", "451 4.3.0", 3)]
    public void OnAuthenticated_Refusal_KeepsTheClientOut(int code, string status, string reply, int more)
    {
        var handler = new RecordingHandler { RefuseLogin = _ => new SmtpRefusal(code, EnhancedStatus.TryParse(status, out var parsed) ? parsed : default, "no") };
        var session = MemorySession.After(MemorySession.Hello, _accounts.Everywhere(failures: 2), handler);
        session.Received();
        var login = $"AUTH PLAIN {TestAccounts.Plain()}\r\n";
        Assert.Equal(string.Join(", ", Enumerable.Repeat(reply, 1 + Math.Min(more, 1))), session.Ask(more == 0 ? login : login + login));
        Assert.Null(session.Info.Authentication);
        if (more > 0)
            Assert.Equal(more == 1 ? "421 4.7.0" : reply, session.Ask(login));
    }

    [Fact]
    public void OnAuthenticated_Throwing_IsUnavailable()
    {
        var handler = new RecordingHandler { RefuseLogin = _ => throw new InvalidOperationException("broken") };
        var session = MemorySession.After(MemorySession.Hello, _accounts.Everywhere(), handler);
        Assert.Equal("454 4.7.0, 250 2.0.0", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\nNOOP\r\n"));
        Assert.Null(session.Info.Authentication);
    }

    [Theory]
    [InlineData("list", "235 2.7.0")]
    [InlineData(TestAccounts.User, "235 2.7.0")]
    [InlineData("bob", "535 5.7.8")]
    public void Auth_ActingAsAnother_IsTheAuthorizersToSay(string actAs, string reply)
    {
        var session = Start();
        Assert.Equal(reply, session.Ask($"AUTH PLAIN {TestAccounts.Plain(actAs: actAs)}\r\n"));
        if (reply.StartsWith('2'))
            Assert.Equal(new SmtpAuthentication(TestAccounts.User, actAs, "PLAIN"), session.Info.Authentication);
    }

    [Theory]
    [InlineData("<>", "250 2.1.0", "", "")]
    [InlineData("+3C+3E", "250 2.1.0", "", "")]
    [InlineData("ann@a.example", "250 2.1.0", "ann@a.example", "ann@a.example")]
    [InlineData("+61nn@A.EXAMPLE", "250 2.1.0", "ann@a.example", "ann@a.example")]
    [InlineData("Ann@a.example", "250 2.1.0", "", "Ann@a.example")]
    [InlineData("ann@b.example", "250 2.1.0", "", "ann@b.example")]
    [InlineData("e+3Dmc2@example.com", "250 2.1.0", "", "e=mc2@example.com")]
    [InlineData("+22sue+20x+22@a.example", "250 2.1.0", "", "\"sue x\"@a.example")]
    [InlineData("e=mc2@example.com", "501 5.5.4", null, null)]
    [InlineData("sue", "501 5.5.4", null, null)]
    [InlineData("+40a,+40b:sue@a.example", "501 5.5.4", null, null)]
    [InlineData("<sue@a.example>", "501 5.5.4", null, null)]
    [InlineData("sue@a.example+0D+0A", "501 5.5.4", null, null)]
    [InlineData("s+C3+BCe@a.example", "501 5.5.4", null, null)]
    [InlineData("sue@a.exa+2", "501 5.5.4", null, null)]
    [Trait("rfc", "4954#5")]
    public void Mail_AuthParameter_IsBelievedOfTheSubmitterItselfAndOfTrustedClients(string value, string reply, string? itself, string? trusted)
    {
        var stranger = itself is null ? null : "";
        foreach (var (session, submitter) in new[] { (Start(), stranger), (LoggedIn(), itself), (LoggedIn(trusted: ["bob", TestAccounts.User]), trusted), (LoggedIn(trusted: ["bob"]), itself) })
        {
            Assert.Equal(reply, session.Ask($"MAIL FROM:<e=mc2@example.com> AUTH={value}\r\n"));
            if (submitter is null)
                continue;
            session.Send(MemorySession.Rcpt + MemorySession.Data + ".\r\n");
            var read = Assert.NotNull(Assert.Single(session.Handler.Envelopes).Submitter);
            Assert.Equal(submitter, read.IsNull ? "" : read.ToString());
        }
    }

    // RFC 4954 §5 asks whom the client acts as, not whose password it had.
    [Theory]
    [InlineData("list", "sue@a.example")]
    [InlineData(TestAccounts.User, "")]
    [Trait("rfc", "4954#5")]
    public void Mail_AuthParameterOfAClientThatActsAsAnother_IsJudgedByThatOne(string trusted, string submitter)
    {
        var session = LoggedIn(actAs: "list", trusted: [trusted]);
        session.Send($"MAIL FROM:<> AUTH=sue@a.example\r\n{MemorySession.Rcpt}{MemorySession.Data}.\r\n");
        var read = Assert.NotNull(Assert.Single(session.Handler.Envelopes).Submitter);
        Assert.Equal(submitter, read.IsNull ? "" : read.ToString());
    }

    [Fact]
    [Trait("rfc", "4954#5")]
    public void Mail_AuthParameterTooLong_IsRefused() =>
        Assert.Equal("501 5.5.4", Start().Ask($"MAIL FROM:<> AUTH={new string('a', 400)}@a.example\r\n"));

    [Fact]
    public void Mail_NextTransaction_HasItsOwnSubmitter()
    {
        var session = LoggedIn();
        session.Send($"MAIL FROM:<> AUTH=<>\r\n{MemorySession.Rcpt}{MemorySession.Data}.\r\n");
        session.Send($"MAIL FROM:<>\r\n{MemorySession.Rcpt}{MemorySession.Data}.\r\n");
        Assert.Equal([true, null], session.Handler.Envelopes.Select(envelope => envelope.Submitter?.IsNull));
    }

    [Theory]
    [InlineData("LOGIN=bob", "bob")]
    [InlineData("PORT=1", null)]
    [InlineData("ADDR=198.51.100.9", null)]
    public void Xclient_AfterAuth_TheLoginIsTheOneItTells(string attributes, string? identity)
    {
        var session = MemorySession.After(MemorySession.Hello, options =>
        {
            _accounts.Everywhere(AuthenticationRequirement.Required)(options);
            options.XclientSources = [IPNetwork.Parse("192.0.2.0/24")];
        });
        session.Send($"AUTH PLAIN {TestAccounts.Plain()}\r\nXCLIENT {attributes}\r\n{MemorySession.Hello}");
        Assert.Equal(identity is null ? null : new SmtpAuthentication(identity, identity, SmtpAuthentication.Xclient), session.Info.Authentication);
        Assert.Equal(identity is null ? "235 2.7.0" : "503 5.5.1", session.Ask($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
        Assert.Equal("250 2.1.0", session.Ask(MemorySession.Mail));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => new SmtpServerAuthentication(null!));
        foreach (var wrong in new[] { new SmtpServerAuthentication(_accounts.Factory()) { MaxFailures = 0 }, new SmtpServerAuthentication(_accounts.Factory()) { StepTimeout = TimeSpan.Zero } })
            Assert.ThrowsAny<ArgumentException>(() => new SmtpServerOptions { HostName = DomainName.Parse("mx.example"), Authentication = wrong }.Validate());
    }

    [Fact]
    public void Options_ALoginNobodyCanMake_IsRefused()
    {
        var options = MemorySession.Defaults();
        options.Authentication = new SmtpServerAuthentication(new SaslServerFactory(_accounts, new SaslServerOptions { Mechanisms = [SaslMechanisms.Plain] })) { Requirement = AuthenticationRequirement.Required };
        Assert.Throws<ArgumentException>(options.Validate);
        options.Tls = new SmtpServerTls(TestCertificates.First);
        options.Validate();
    }

    /// <summary>Speaks the client's side by the client half of Mail.Security.Sasl; gives the last reply.</summary>
    internal static string LogIn(Func<string, string> send, string mechanism, string password)
    {
        using var credentials = new SaslCredentials(TestAccounts.User, password);
        var selector = new SaslClientSelector(new SaslClientOptions { Mechanisms = [mechanism], AllowedUnverified = [SaslMechanisms.Plain, SaslMechanisms.Login, SaslMechanisms.CramMd5] });
        using var client = Assert.IsType<SaslSelection.Selected>(selector.Select(credentials, [mechanism], new SaslClientChannel(SaslProtection.None))).Client;
        var step = client.StartAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
        var reply = send(step is SaslClientStep.Send initial ? $"AUTH {mechanism} {Convert.ToBase64String(initial.Data.Span)}\r\n" : $"AUTH {mechanism}\r\n");
        while (reply.StartsWith("334 ", StringComparison.Ordinal))
        {
            step = client.RespondAsync(Convert.FromBase64String(reply[4..].TrimEnd()), TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
            reply = send(step is SaslClientStep.Send response ? Convert.ToBase64String(response.Data.Span) + "\r\n" : "*\r\n");
        }
        return reply;
    }

    private static string Dashed(string ehlo) => ehlo.Replace("250 ", "250-", StringComparison.Ordinal);

    private MemorySession Start()
    {
        var session = MemorySession.After(MemorySession.Hello, _accounts.Everywhere());
        session.Received();
        return session;
    }

    private MemorySession LoggedIn(AuthenticationRequirement requirement = AuthenticationRequirement.Optional, string actAs = "", params IReadOnlyList<string> trusted)
    {
        var session = MemorySession.After(MemorySession.Hello, _accounts.Everywhere(requirement, trusted: trusted));
        Assert.Equal("235 2.7.0", session.Ask($"AUTH PLAIN {TestAccounts.Plain(actAs: actAs)}\r\n"));
        return session;
    }
}
