using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>What a listener is told of logins, and what it may say to them.</summary>
public sealed class LoginAdmissionTests
{
    private readonly TestAccounts _accounts = new();
    private readonly RecordingHandler _handler = new();
    private readonly RecordingAdmission _admission = new();

    [Fact]
    public void EndLogin_EveryWayALoginEnds_IsToldOnce()
    {
        using var session = Start(failures: 10);
        Assert.Equal("535 5.7.8", Plain(session, "wrong"));
        Assert.Equal("334, 501 5.0.0", session.Ask("AUTH LOGIN\r\n*\r\n"));
        Assert.Equal("334, 501 5.5.2", session.Ask("AUTH LOGIN\r\n?\r\n"));
        Assert.Equal("504 5.5.4, 501 5.5.4", session.Ask("AUTH GSSAPI\r\nAUTH\r\n"));        // no logins
        _accounts.Interfere = _ => throw new InvalidOperationException("the store is broken");
        Assert.Equal("454 4.7.0", Plain(session));
        _accounts.Interfere = null;
        _handler.RefuseLogin = _ => new SmtpRefusal(535, new(5, 7, 8), "locked");
        Assert.Equal("535 5.7.8", Plain(session));
        _handler.RefuseLogin = _ => new SmtpRefusal(454, new(4, 7, 0), "not now");
        Assert.Equal("454 4.7.0", Plain(session));
        _handler.RefuseLogin = null;
        Assert.Equal("235 2.7.0", Plain(session));

        Assert.Equal("Failed, Undecided, Undecided, Undecided, Failed, Undecided, Succeeded", string.Join(", ", _admission.Ended));
        Assert.Equal(_admission.Ended.Count, _admission.Begun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndLogin_SessionThatEndsWithinALogin_IsTold(bool shutdown)
    {
        using var session = Start();
        session.Send("AUTH LOGIN\r\n");
        Assert.Empty(_admission.Ended);
        if (shutdown)
            session.Shutdown();
        else
            session.Close();
        Assert.Equal([SmtpLoginOutcome.Undecided], _admission.Ended);
    }

    [Theory]
    [InlineData("AUTH PLAIN")]
    [InlineData("AUTH LOGIN")]
    [InlineData("AUTH SCRAM-SHA-256")]
    public void BeginLogin_Refusing_AsksNobodyAndIsNoErrorOfTheSession(string command)
    {
        _accounts.Interfere = _ => throw new InvalidOperationException("nobody is to be asked");
        _admission.Refusal = new SmtpRefusal(454, new(4, 7, 0), "too many");
        using var session = Start(failures: 1, errors: 1);
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Equal("454 4.7.0 too many\r\n", session.Send(command + "\r\n"));
        Assert.Equal("454 4.7.0", Plain(session));
        Assert.Empty(_admission.Ended);

        (_admission.Refusal, _accounts.Interfere) = (null, null);
        Assert.Equal("500 5.5.2, 250 2.0.0", session.Ask("XYZZY\r\nNOOP\r\n"));     // the first error
        Assert.Equal("235 2.7.0", Plain(session));
    }

    [Fact]
    public void BeginLogin_RefusingWith421_ClosesTheSession()
    {
        _admission.Refusal = new SmtpRefusal(421, new(4, 7, 0), "go away");
        using var session = Start();
        Assert.Equal("421 4.7.0", Plain(session));
        Assert.Equal(SessionEndReason.Refused, session.End.Reason);
    }

    [Fact]
    public void BeginLogin_NotOverridden_LetsEverybodyTry()
    {
        using var session = new MemorySession(_accounts.Everywhere(), admission: new PlainAdmission());
        session.Send(MemorySession.Hello);
        Assert.Equal("535 5.7.8", Plain(session, "wrong"));
        Assert.Equal("235 2.7.0", Plain(session));
    }

    private static string Plain(MemorySession session, string password = TestAccounts.Password) => session.Ask($"AUTH PLAIN {TestAccounts.Plain(password)}\r\n");

    private MemorySession Start(int failures = 3, int errors = 20)
    {
        var session = new MemorySession(options =>
        {
            _accounts.Everywhere(failures: failures)(options);
            options.MaxErrors = errors;
        }, _handler, admission: _admission);
        session.Send(MemorySession.Hello);
        return session;
    }

    private class PlainAdmission : SmtpAdmission
    {
        public override SmtpRefusal? Judge(SmtpSessionInfo session) => null;
    }

    private sealed class RecordingAdmission : PlainAdmission
    {
        public SmtpRefusal? Refusal { get; set; }

        public int Begun { get; private set; }

        public List<SmtpLoginOutcome> Ended { get; } = [];

        public override SmtpRefusal? BeginLogin(SmtpSessionInfo session)
        {
            Begun += Refusal is null ? 1 : 0;
            return Refusal;
        }

        public override void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome) => Ended.Add(outcome);
    }
}
