using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

public sealed class PipeliningTests
{
    [Theory]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Rcpt + MemorySession.Data, 1)]
    [InlineData("RSET\r\n" + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data, 1)]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "x\r\n.\r\n", 2)]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "x\r\n.\r\n" + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data, 2)]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "x\r\n.\r\nMAIL FR", 2)]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt + "BDAT 3 LAST\r\nx\r\n" + MemorySession.Mail + MemorySession.Rcpt, 1)]
    [InlineData(MemorySession.Mail + MemorySession.Rcpt, 1)]
    [InlineData(MemorySession.Mail + "RCPT TO:<b@b.exam", 1)]
    [InlineData("RCPT TO:<b@b.exam", 0)]
    [InlineData("NOOP\r\n" + MemorySession.Mail, 2)]             // RFC 2920 §3.2: the reply to NOOP does not wait
    [InlineData("XYZZY\r\nRSET\r\n", 2)]                         // nor one to what is not known
    [InlineData("RSET\r\nQUIT\r\n", 1)]
    [Trait("rfc", "2920#3.2")]
    public void Group_OfCommands_IsAnsweredWithOneFlush(string group, int flushes)
    {
        var session = MemorySession.After(MemorySession.Hello);
        var before = session.Flushes;
        session.Send(group);
        Assert.Equal(flushes, session.Flushes - before);
    }

    [Fact]
    [Trait("rfc", "2920#3.2")]
    public void Group_WithALongWaitInTheHandler_HasItsRepliesInOrder()
    {
        var session = MemorySession.After(MemorySession.Hello);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Recipient, signal.Task);
        Assert.Equal("", session.Send(MemorySession.Mail + MemorySession.Rcpt + "RCPT TO:<>\r\nNOOP\r\n"));
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(["250 2.1.0", "250 2.1.5", "501 5.1.3", "250 2.0.0"], MemorySession.Codes(session.Received()));
    }

    [Theory]
    [InlineData(Hook.Mail, "")]
    [InlineData(Hook.Recipient, "250 2.1.0")]
    [InlineData(Hook.Data, "250 2.1.0, 250 2.1.5")]
    [Trait("rfc", "2920#3.2")]
    public void Result_OfAMessage_IsNotHeldUpByAHandlerThatWaits(Hook hook, string before)
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(hook, signal.Task);

        var replies = session.Ask("x\r\n.\r\n" + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);

        Assert.Equal(before.Length == 0 ? "250 2.0.0" : "250 2.0.0, " + before, replies);
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal("354", MemorySession.Codes(session.Received()).Last());
    }

    [Fact]
    public void Result_OfAMessage_IsNotHeldUpForLongByAHandlerThatBlocks()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.Handler.Interfere = (hook, _) =>
        {
            if (hook == Hook.Recipient)
                session.Time.Advance(TimeSpan.FromMilliseconds(50));
            return default;
        };
        var before = session.Flushes;

        session.Send("x\r\n.\r\n" + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Rcpt + MemorySession.Data);

        Assert.Equal(2, session.Flushes - before);          // behind the first recipient, and behind DATA
    }

    [Fact]
    public void Result_OfAMessageHeld_IsSentWhenTheHandlerRunsOutOfTime()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Mail);
        Assert.Equal("250 2.0.0", session.Ask("x\r\n.\r\n" + MemorySession.Mail));
        Assert.StartsWith("4", MemorySession.Codes(session.Advance(session.Options.Timeouts.Handler)).Single(), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.HandlerTimeout, session.End.Reason);
    }

    [Fact]
    public void Result_OfAMessageHeld_IsSentWhenTheSessionIsAborted()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.Handler.Interfere = (hook, _) =>
        {
            if (hook == Hook.Mail)
                session.AbortUnread();
            return default;
        };

        Assert.StartsWith("250 2.0.0", session.Ask("x\r\n.\r\n" + MemorySession.Mail), StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);
    }

    // Wherever an abort falls between the sink's word and the reply, the reply is tried.
    [Theory]
    [InlineData(Hook.Complete, "", "250 2.0.0")]
    [InlineData(Hook.Dispose, "", "250 2.0.0")]
    [InlineData(Hook.Complete, MemorySession.Mail, "250 2.0.0")]
    [InlineData(Hook.Complete, "QUIT\r\n", "250 2.0.0")]
    public void Result_OfAMessage_IsSentWhenTheSessionIsAbortedBehindTheSink(Hook hook, string behind, string expected)
    {
        foreach (var (command, content) in Commands)
        {
            var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + command);
            session.Handler.Interfere = (at, _) =>
            {
                if (at == hook)
                    session.AbortUnread();
                return default;
            };
            Assert.Equal(expected, session.Ask(content + behind));
            Assert.Equal((SessionEndReason.Shutdown, 1), (session.End.Reason, session.End.AcceptedMessages));
        }
    }

    [Theory]
    [InlineData("", "250 2.0.0")]
    [InlineData(MemorySession.Mail, "250 2.0.0, 250 2.1.0")]
    [InlineData("QUIT\r\n", "250 2.0.0, 221 2.0.0")]
    public void Result_OfAMessage_IsSentWhenTheSessionIsAbortedBeforeItsFlush(string behind, string expected)
    {
        foreach (var (command, content) in Commands)
        {
            var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + command);
            session.BeforeFlush = session.AbortUnread;
            Assert.Equal(expected, session.Ask(content + behind));
            Assert.Equal(1, session.End.AcceptedMessages);
        }
    }

    [Fact]
    public void Result_OfAMessage_NotRead_HoldsAnAbortedSessionForASecond()
    {
        var session = new MemorySession(outputLimit: 10);
        SendAndRead(session, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.TrySend("x\r\n.\r\n"u8.ToArray());
        session.AbortUnread();
        session.AdvanceUnread(TimeSpan.FromSeconds(0.999));
        Assert.False(session.Run.IsCompleted);
        session.AdvanceUnread(TimeSpan.FromSeconds(0.001));
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);
    }

    [Fact]
    public void Result_OfAMessage_IsNotHeldUpByASinkThatTakesLongToLetGo()
    {
        foreach (var (command, content) in Commands)
        {
            var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + command);
            var signal = new TaskCompletionSource();
            session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Dispose, signal.Task);
            Assert.Equal("250 2.0.0", session.Ask(content + "NOOP\r\n"));
            MemorySession.Inline(() => signal.TrySetResult());
            Assert.Equal("250 2.0.0", string.Join(", ", MemorySession.Codes(session.Received())));
        }
    }

    [Fact]
    public void Result_OfAMessage_NotReadWhileAHandlerWaits_IsNoFaultOfTheHandler()
    {
        var log = new ListLogger();
        var session = new MemorySession(outputLimit: 10, logger: log, handler: new RecordingHandler { Interfere = RecordingHandler.WaitIn(Hook.Mail, 1) });
        SendAndRead(session, MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.TrySend(Encoding.ASCII.GetBytes("x\r\n.\r\n" + MemorySession.Mail));
        session.AdvanceUnread(session.Options.Timeouts.Write);
        Assert.Equal((SessionEndReason.Timeout, "the client does not read"), (session.End.Reason, session.End.Detail));
        Assert.DoesNotContain(log.Lines, line => line.Id == 1414);
    }

    private static (string Command, string Content)[] Commands => [(MemorySession.Data, "x\r\n.\r\n"), ("", "BDAT 3 LAST\r\nx\r\n")];

    // To a client that reads little at a time.
    private static void SendAndRead(MemorySession session, string text)
    {
        session.TrySend(Encoding.ASCII.GetBytes(text));
        while (session.Received().Length > 0)
        {
        }
    }

    [Fact]
    public async Task Group_WithoutEnd_IsAnsweredInBlocks()
    {
        // 20,000 RSET commands give 340 kB of replies; the session does not collect them all.
        var session = new MemorySession(options => options.MaxIdleCommands = 100_000, outputLimit: 1 << 24);
        var before = session.Flushes;
        var replies = session.Send(string.Concat(Enumerable.Repeat("RSET\r\n", 20_000)) + "QUIT\r\n");
        await session.Run;              // which gives the thread to others now and then
        Assert.Equal(20_002, MemorySession.Codes(replies + session.Received()).Count());
        Assert.InRange(session.Flushes - before, 10, 100);
    }

    [Property(MaxTest = 400, Arbitrary = [typeof(Dialogues)])]
    public void Input_InAnyPieces_IsAnsweredTheSame(Dialogue dialogue)
    {
        var (wholeText, wholeEnd) = Play(dialogue, []);
        Assert.Equal((wholeText, wholeEnd), Play(dialogue, dialogue.Cuts));
        Assert.Equal((wholeText, wholeEnd), Play(dialogue, [.. Enumerable.Range(0, dialogue.Text.Length)]));
    }

    private static (string Text, SessionEnd End) Play(Dialogue dialogue, int[] cuts)
    {
        using var session = new MemorySession(options => (options.MaxMessageSize, options.MaxErrors, options.MaxCommandLine) = (40, 6, 512));
        session.Handler.Refuse = hook => hook == Hook.Recipient && session.Handler.Calls.Count(call => call == Hook.Recipient) % 3 == 0 ? new SmtpRefusal(450, new(4, 2, 1), "busy") : null;
        var text = new StringBuilder(session.Received()).Append(session.SendInPieces(Encoding.Latin1.GetBytes(dialogue.Text), cuts));
        session.Close();
        text.Append(session.Received()).AppendJoin('|', session.Handler.Calls.Where(hook => hook != Hook.Write)).AppendJoin('|', session.Handler.Accepted);
        return (text.ToString(), session.End);
    }
}

/// <summary>What a client might say, in and out of order, and places to cut it.</summary>
public sealed record Dialogue(string Text, int[] Cuts);

public static class Dialogues
{
    private static readonly string[] Pieces =
    [
        MemorySession.Hello, "HELO c.example\r\n", MemorySession.Mail, MemorySession.Mail, MemorySession.Rcpt, MemorySession.Rcpt, MemorySession.Data, MemorySession.Data,
        MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data, MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data,
        "text\r\n.\r\n", ".\r\n", "\r\n.\r\n", "..\r\n.\r\n", "a line that makes the message too long for it\r\n", "RSET\r\n", "NOOP\r\n", "QUIT\r\n",
        "MAIL FROM:<a@a.example> SIZE=41\r\n", "MAIL FROM:<a@a.example> FOO\r\n", "RCPT TO:<>\r\n", "\r", "\n", "\0", ".", "\r\n", "GET / HTTP/1.1\r\n", "x", "\u00E9\r\n", new string('x', 300), new string('y', 300),
    ];

    public static Arbitrary<Dialogue> Dialogue() =>
        (from pieces in Gen.Elements(Pieces).ListOf()
         from cuts in Gen.Choose(0, 2000).ArrayOf().Resize(8)
         select new Dialogue(string.Concat(pieces), cuts)).ToArbitrary();
}
