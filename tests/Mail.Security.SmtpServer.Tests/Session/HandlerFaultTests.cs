using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>A handler that throws, that takes too long, or that answers when it is too late.</summary>
public sealed class HandlerFaultTests
{
    private const string Message = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data;

    [Theory]
    [InlineData(Hook.Hello, MemorySession.Hello, "451")]
    [InlineData(Hook.Mail, MemorySession.Hello + MemorySession.Mail, "451 4.3.0")]
    [InlineData(Hook.Recipient, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt, "451 4.3.0")]
    [InlineData(Hook.Data, Message, "451 4.3.0")]
    public void Handler_Throws_IsALocalErrorAndTheSessionGoesOn(Hook hook, string said, string expected)
    {
        var session = MemorySession.After("");
        session.Handler.Interfere = RecordingHandler.ThrowIn(hook);
        Assert.Equal(expected, MemorySession.Codes(session.Send(said)).Last());
        session.Handler.Interfere = null;
        Assert.Equal("250 2.0.0, 250, 250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask("RSET\r\n" + Message + "x\r\n.\r\n"));
        Assert.Single(session.Handler.Accepted);
    }

    [Fact]
    [Trait("rfc", "5321#3.1")]
    public void OnConnect_Throws_IsA421Greeting()
    {
        var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.ThrowIn(Hook.Connect) });
        Assert.Equal("421", Assert.Single(MemorySession.Codes(session.Received())));
        Assert.Equal(SessionEndReason.Refused, session.End.Reason);
    }

    [Theory]
    [InlineData(421, "421")]
    [InlineData(451, "421")]
    [InlineData(554, "554")]
    [InlineData(450, "450")]
    [Trait("rfc", "5321#3.1")]
    public void OnConnect_Refuses_IsTheGreeting(int code, string expected)
    {
        var session = new MemorySession(handler: new RecordingHandler { Refuse = hook => hook == Hook.Connect ? new SmtpRefusal(code, new((byte)(code / 100), 7, 1), "no") : null });
        Assert.Equal($"{expected} no\r\n", session.Received());
        Assert.Equal(expected == "421", session.Run.IsCompleted);
        if (!session.Run.IsCompleted)
            Assert.Equal("503, 503 5.5.1, 221 2.0.0", session.Ask("EHLO c.example\r\nNOOP\r\nQUIT\r\n"));
    }

    [Theory]
    [InlineData(Hook.Hello, MemorySession.Hello, "421 4.7.1")]
    [InlineData(Hook.Mail, MemorySession.Hello + MemorySession.Mail, "421 4.7.1")]
    [InlineData(Hook.Recipient, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt, "421 4.7.1")]
    [InlineData(Hook.Data, Message, "421 4.7.1")]
    public void Handler_RefusesWith421_ClosesTheSession(Hook hook, string said, string expected)
    {
        var session = MemorySession.After("");
        session.Handler.Refuse = at => at == hook ? new SmtpRefusal(421, new(4, 7, 1), "enough") : null;
        Assert.Equal(expected, MemorySession.Codes(session.Send(said + "NOOP\r\n")).Last());
        Assert.Equal(SessionEndReason.Refused, session.End.Reason);
    }

    [Theory]
    [InlineData(Hook.Connect, "")]
    [InlineData(Hook.Hello, MemorySession.Hello)]
    [InlineData(Hook.Mail, MemorySession.Hello + MemorySession.Mail)]
    [InlineData(Hook.Recipient, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt)]
    [InlineData(Hook.Data, Message)]
    [InlineData(Hook.Write, Message + "x\r\n")]
    [InlineData(Hook.Complete, Message + "x\r\n.\r\n")]
    public void Handler_TakesTooLong_IsCancelledAndTheClientTold(Hook hook, string said)
    {
        var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.WaitIn(hook) });
        session.Send(said);
        Assert.Equal("", session.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1)));
        Assert.False(session.Run.IsCompleted);
        Assert.Equal("421 4.3.0", MemorySession.Codes(session.Advance(TimeSpan.FromMilliseconds(1))).Last());
        Assert.Equal((SessionEndReason.HandlerTimeout, 0), (session.End.Reason, session.End.AcceptedMessages));
        Assert.All(session.Handler.Sinks, sink => Assert.Equal((false, 1), (sink.IsAccepted, sink.Disposals)));
    }

    [Fact]
    public void Sink_AcceptsWhenItsTimeIsOver_TheClientIsStillTold()
    {
        // The message is durable by then: a client that is not told sends it again.
        var session = MemorySession.After(Message);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Complete, signal.Task);
        session.Send("x\r\n.\r\n");
        Assert.Equal("", session.Advance(TimeSpan.FromMinutes(6)));
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(["250 2.0.0", "421 4.3.0"], MemorySession.Codes(session.Received()));
        Assert.Equal((SessionEndReason.HandlerTimeout, 1), (session.End.Reason, session.End.AcceptedMessages));
    }

    [Theory]
    [InlineData(Hook.Connect, "", "220, 421 4.3.0")]
    [InlineData(Hook.Hello, MemorySession.Hello, "250, 421 4.3.0")]
    [InlineData(Hook.Mail, MemorySession.Hello + MemorySession.Mail, "250 2.1.0, 421 4.3.0")]
    [InlineData(Hook.Recipient, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + "NOOP\r\n", "250 2.1.0, 250 2.1.5, 421 4.3.0")]
    [InlineData(Hook.Data, Message, "250 2.1.0, 250 2.1.5, 421 4.3.0")]
    [InlineData(Hook.Write, Message + "x\r\n", "421 4.3.0")]
    public void Handler_AnswersWhenItsTimeIsOver_TheSessionEndsWithAWord(Hook hook, string said, string expected)
    {
        var signal = new TaskCompletionSource();
        var session = new MemorySession(handler: new RecordingHandler { Interfere = RecordingHandler.WaitIn(hook, signal.Task) });
        session.Send(said);
        session.Advance(TimeSpan.FromMinutes(6));
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(expected, string.Join(", ", MemorySession.Codes(session.Received())));
        Assert.Equal(SessionEndReason.HandlerTimeout, session.End.Reason);
        Assert.All(session.Handler.Sinks, sink => Assert.Equal((0, 1), (sink.Completions, sink.Disposals)));
    }

    [Fact]
    public void Handler_CancelsOnItsOwn_IsALocalError()
    {
        var session = MemorySession.After(MemorySession.Hello);
        session.Handler.Interfere = (hook, _) => hook == Hook.Mail ? throw new OperationCanceledException() : default;
        Assert.Equal("451 4.3.0", session.Ask(MemorySession.Mail));
    }

    [Fact]
    public void Handler_RefusalText_StaysOneLine()
    {
        var session = MemorySession.After(MemorySession.Hello);
        session.Handler.Refuse = hook => hook == Hook.Mail ? new SmtpRefusal(550, new(5, 7, 1), "a\r\n250 2.1.0 \u00E9\0" + new string('z', 1000)) : null;
        var lines = session.Send(MemorySession.Mail).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("550 5.7.1 a??250 2.1.0 ??zz", Assert.Single(lines), StringComparison.Ordinal);
        Assert.InRange(lines[0].Length, 400, 510);
    }

    [Fact]
    public void Run_Twice_IsABug()
    {
        var pipes = new MemorySession();
        var session = new SmtpServerSession(pipes, MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null));
        _ = session.RunAsync(CancellationToken.None, new CancellationToken(canceled: true));
        Assert.Throws<InvalidOperationException>(() => { _ = session.RunAsync(CancellationToken.None).GetAwaiter().GetResult(); });
    }
}
