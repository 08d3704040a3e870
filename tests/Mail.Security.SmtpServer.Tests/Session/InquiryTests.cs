using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>VRFY, EXPN and HELP, answered by the handler.</summary>
public sealed class InquiryTests
{
    private static readonly SmtpReply List = new(250, new EnhancedStatus(2, 1, 5), ["Ann <ann@b.example>", "Bob <bob@b.example>"]);

    [Theory]
    [InlineData("VRFY ann", "250-2.1.5 Ann <ann@b.example>\r\n250 2.1.5 Bob <bob@b.example>\r\n")]
    [InlineData("EXPN friends", "250-2.1.5 Ann <ann@b.example>\r\n250 2.1.5 Bob <bob@b.example>\r\n")]
    [InlineData("HELP", "451 4.3.0 Local error in processing, try again later\r\n")]           // 250 is no answer to HELP
    [Trait("rfc", "5321#3.5")]
    public void Inquiry_Answered_IsTheHandlersReply(string command, string expected) => Assert.Equal(expected, Start(_ => List).Send(command + "\r\n"));

    [Theory]
    [InlineData("VRFY ann", 251, 2, "251 2.1.5")]
    [InlineData("VRFY ann", 553, 5, "553 5.1.5")]
    [InlineData("EXPN list", 550, 5, "550 5.1.5")]
    [InlineData("EXPN list", 220, 2, "451 4.3.0")]
    [InlineData("VRFY ann", 354, 3, "451 4.3.0")]
    [InlineData("VRFY ann", 550, 2, "451 4.3.0")]
    [InlineData("VRFY ann", 650, 5, "451 4.3.0")]
    [InlineData("HELP MAIL", 214, 2, "214 2.1.5")]
    [InlineData("HELP MAIL", 504, 5, "504 5.1.5")]
    [InlineData("VRFY ann", 421, 4, "421 4.1.5")]
    public void Inquiry_Code_MustBeOneOfTheCommand(string command, int code, byte @class, string expected)
    {
        var session = Start(_ => new SmtpReply(code, new EnhancedStatus(@class, 1, 5), ["text"]));
        Assert.Equal(expected, session.Ask(command + "\r\n"));
        Assert.Equal(code == 421, session.Run.IsCompleted);
    }

    [Fact]
    public void Inquiry_Argument_ReachesTheHandlerAndItsTextTheClientInOneLine()
    {
        var heard = "";
        var session = Start(argument =>
        {
            heard = argument;
            return new SmtpReply(250, null, ["a\r\n250 b \u00E4"]);
        });
        Assert.Equal("250 a??250 b ?\r\n", session.Send("VRFY  \u00C3\u00A4nn@a.example SMTPUTF8\r\n"));
        Assert.Equal("\u00E4nn@a.example SMTPUTF8", heard);
    }

    [Fact]
    public void Inquiry_NoAnswer_IsTheDefault() =>
        Assert.Equal("252 2.5.0, 502 5.5.1, 214 2.0.0", Start(_ => null).Ask("VRFY ann\r\nEXPN list\r\nHELP\r\n"));

    [Fact]
    public void Inquiry_AnswerWithoutAnyLine_IsItsCodeAndTheSessionGoesOn() =>
        Assert.Equal("550, 250 2.0.0", Start(_ => new SmtpReply(550, null, [])).Ask("VRFY ann\r\nNOOP\r\n"));

    [Fact]
    public void Inquiry_HandlerThrows_IsALocalErrorAndTheSessionGoesOn() =>
        Assert.Equal("451 4.3.0, 250 2.0.0", Start(_ => throw new InvalidOperationException("broken")).Ask("VRFY ann\r\nNOOP\r\n"));

    [Fact]
    public void Inquiry_InsideATransaction_LeavesIt() =>
        Assert.Equal("250 2.1.0, 250 2.1.5, 252 2.5.0, 250 2.1.5", Start(_ => null).Ask(MemorySession.Mail + MemorySession.Rcpt + "VRFY ann\r\n" + MemorySession.Rcpt));

    private static MemorySession Start(Func<string, SmtpReply?> answer)
    {
        var session = new MemorySession(otherHandler: new Oracle(answer));
        session.Send(MemorySession.Hello);
        return session;
    }

    private sealed class Oracle(Func<string, SmtpReply?> answer) : SmtpHandler
    {
        public override ValueTask<SmtpReply?> OnVerifyAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => new(answer(argument));

        public override ValueTask<SmtpReply?> OnExpandAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => new(answer(argument));

        public override ValueTask<SmtpReply?> OnHelpAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => new(answer(argument));

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => throw new InvalidOperationException("no mail here");
    }
}
