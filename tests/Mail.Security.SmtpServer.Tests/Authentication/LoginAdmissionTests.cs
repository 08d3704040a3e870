using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Authentication;

/// <summary>What a listener is told of logins, and what it may say to them.</summary>
public sealed class LoginAdmissionTests
{
    // n,,n=ann,r=abcdefgh
    private const string ScramFirst = "AUTH SCRAM-SHA-256 biwsbj1hbm4scj1hYmNkZWZnaA==\r\n";

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
        Assert.All(_admission.Judged, name => Assert.Equal(TestAccounts.User, name));
        Assert.Equal(_admission.Ended.Count, _admission.Begun);
    }

    // A dialogue that waits for its client is no login under way.
    [Theory]
    [InlineData("AUTH LOGIN\r\n", 1)]
    [InlineData("AUTH LOGIN\r\nYW5u\r\n", 2)]
    [InlineData(ScramFirst, 1)]
    public void EndLogin_BetweenTwoSteps_IsTold(string lines, int steps)
    {
        using var session = Start();
        session.Send(lines);
        Assert.Equal(Enumerable.Repeat(SmtpLoginOutcome.Undecided, steps), _admission.Ended);
        Assert.Equal(steps, _admission.Begun);
    }

    // Once the store was asked for a name, to break off is to have failed.
    [Theory]
    [InlineData(ScramFirst, "*\r\n", true)]
    [InlineData(ScramFirst, "?\r\n", true)]
    [InlineData(ScramFirst, null, true)]
    [InlineData("AUTH SCRAM-SHA-256\r\n", "*\r\n", false)]
    [InlineData("AUTH LOGIN\r\nYW5u\r\n", "*\r\n", false)]
    [InlineData("AUTH LOGIN\r\nYW5u\r\n", null, false)]
    public void AbandonLogin_BrokenOffByTheClient_IsToldWhenTheNameWasLookedUp(string lines, string? end, bool told)
    {
        using var session = Start(failures: 1);
        session.Send(lines);
        if (end is null)
            session.Close();
        else
            session.Send(end);

        Assert.Equal(told ? ["ann"] : [], _admission.Abandoned);
        if (end is not null)
            Assert.Equal(told ? "421 4.7.0" : "535 5.7.8", Plain(session, "wrong"));
    }

    [Fact]
    public void AbandonLogin_OverlongResponse_IsTold()
    {
        using var session = Start();
        session.Send(ScramFirst);
        session.Send(new string('A', 12_300) + "\r\n");
        Assert.Equal(["ann"], _admission.Abandoned);
    }

    [Fact]
    public void AbandonLogin_Shutdown_IsNotTold()
    {
        using var session = Start();
        session.Send(ScramFirst);
        session.Shutdown();
        Assert.Empty(_admission.Abandoned);
    }

    [Theory]
    [InlineData("AUTH LOGIN\r\nYW5u\r\nYW5u\r\n", "334, 334, 454 4.7.0")]
    [InlineData(ScramFirst, "454 4.7.0")]
    [InlineData("AUTH PLAIN AGFubgB3cm9uZw==\r\n", "454 4.7.0")]
    [InlineData("AUTH CRAM-MD5\r\nYW5uIDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm\r\n", "334, 454 4.7.0")]
    public void JudgeLogin_Refusing_AsksNobodyAndIsNoFailure(string lines, string replies)
    {
        _accounts.Interfere = _ => throw new InvalidOperationException("nobody is to be asked");
        _admission.NameRefusal = new SmtpRefusal(454, new(4, 7, 0), "too many");
        using var session = Start(failures: 1, errors: 1);
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Equal(replies, session.Ask(lines));
        Assert.All(_admission.Ended, outcome => Assert.Equal(SmtpLoginOutcome.Undecided, outcome));

        (_admission.NameRefusal, _accounts.Interfere) = (null, null);
        Assert.Equal("235 2.7.0", Plain(session));
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

        public SmtpRefusal? NameRefusal { get; set; }

        public List<string> Judged { get; } = [];

        public List<string> Abandoned { get; } = [];

        public int Begun { get; private set; }

        public List<SmtpLoginOutcome> Ended { get; } = [];

        public override SmtpRefusal? BeginLogin(SmtpSessionInfo session)
        {
            Begun += Refusal is null ? 1 : 0;
            return Refusal;
        }

        public override SmtpRefusal? JudgeLogin(SmtpSessionInfo session, string userName)
        {
            Judged.Add(userName);
            return NameRefusal;
        }

        public override void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome, string? userName) => Ended.Add(outcome);

        public override void AbandonLogin(SmtpSessionInfo session, string userName) => Abandoned.Add(userName);
    }
}
