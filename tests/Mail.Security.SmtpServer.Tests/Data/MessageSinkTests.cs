using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>What a sink is given, and that it is disposed once whatever happens.</summary>
public sealed class MessageSinkTests
{
    private const string Start = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data;
    private const string NextMessage = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "next\r\n.\r\n";

    [Theory]
    [InlineData(999, "250 2.0.0")]
    [InlineData(1000, "250 2.0.0")]
    [InlineData(1001, "552 5.3.4")]
    [InlineData(5000, "552 5.3.4")]
    [Trait("rfc", "1870#6.3")]
    public void Data_AboutTheSizeLimit_NothingOverItReachesTheSink(int size, string expected)
    {
        foreach (var block in (int[])[1, 7, 997, 10_000])
        {
            var session = MemorySession.After(Start, options => options.MaxMessageSize = 1000);
            var wire = System.Text.Encoding.Latin1.GetBytes(Lines(size) + ".\r\n");
            var codes = MemorySession.Codes(session.SendInPieces(wire, [.. Enumerable.Range(1, wire.Length / block).Select(cut => cut * block)]));
            Assert.Equal([expected], codes);
            var sink = session.Handler.Sinks.Single();
            Assert.Equal(Math.Min(size, 1000), sink.Content.Length);
            Assert.Equal((size <= 1000 ? 1 : 0, 1), (sink.Completions, sink.Disposals));
            Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(NextMessage));
        }
    }

    [Fact]
    public void Data_DotsDoNotCountForTheSize()
    {
        var session = MemorySession.After(Start, options => options.MaxMessageSize = 6);
        Assert.Equal("250 2.0.0", session.Ask("..\r\n..\r\n.\r\n"));
        Assert.Equal([".\r\n.\r\n"], session.Handler.Accepted);
    }

    [Fact]
    public void Data_TooLarge_SinkIsLetGoBeforeTheEnd()
    {
        var session = MemorySession.After(Start, options => options.MaxMessageSize = 10);
        Assert.Equal("", session.Send("0123456789"));
        Assert.Equal(0, session.Handler.Sinks[0].Disposals);
        Assert.Equal("", session.Send("x"));
        Assert.Equal(1, session.Handler.Sinks[0].Disposals);
        Assert.Equal("552 5.3.4", session.Ask("more\r\n.\r\n"));
    }

    [Theory]
    [InlineData(450, "4.2.0", "450 4.2.0")]
    [InlineData(554, "5.6.0", "554 5.6.0")]
    [InlineData(250, "2.0.0", "451 4.3.0")]         // no refusal
    [InlineData(550, "4.0.0", "451 4.3.0")]         // of two minds
    [InlineData(600, "5.0.0", "451 4.3.0")]
    public void Sink_Refuses_TheReplyIsItsOwn(int code, string status, string expected)
    {
        var session = MemorySession.After(Start);
        Assert.True(EnhancedStatus.TryParse(status, out var enhanced));
        session.Handler.Refuse = hook => hook == Hook.Complete ? new SmtpRefusal(code, enhanced, "no\r\n250 yes") : null;
        var reply = session.Send("x\r\n.\r\n");
        Assert.Equal([expected], MemorySession.Codes(reply));
        Assert.Single(reply.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((1, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
        session.Handler.Refuse = null;
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(NextMessage));
    }

    [Fact]
    public void Sink_RefusesWith421_ClosesTheSession()
    {
        var session = MemorySession.After(Start);
        session.Handler.Refuse = hook => hook == Hook.Complete ? new SmtpRefusal(421, new(4, 3, 2), "going down") : null;
        Assert.Equal("421 4.3.2", session.Ask("x\r\n.\r\n"));
        Assert.Equal((SessionEndReason.Refused, 1), (session.End.Reason, session.Handler.Sinks[0].Disposals));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Sink_ThrowsMidway_MessageIsReadToItsEndAndRefused(int writesBefore)
    {
        var session = MemorySession.After(Start);
        var writes = 0;
        session.Handler.Interfere = (hook, _) => hook == Hook.Write && ++writes > writesBefore ? throw new IOException("disk full") : default;
        foreach (var block in (string[])["one\r\n", "two\r\n", "three\r\n"])
            Assert.Equal("", session.Send(block));
        Assert.Equal((0, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
        Assert.Equal("", session.Send("QUIT\r\n"));     // still content
        Assert.Equal("451 4.3.0", session.Ask(".\r\n"));
        Assert.Equal(writesBefore + 1, writes);
        session.Handler.Interfere = null;
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(NextMessage));
        Assert.Equal(["next\r\n"], session.Handler.Accepted);
    }

    [Theory]
    [InlineData(Hook.Complete, "451 4.3.0")]
    [InlineData(Hook.Dispose, "250 2.0.0")]         // the message was taken by then
    public void Sink_ThrowsAtTheEnd_IsDisposedOnceAllTheSame(Hook hook, string expected)
    {
        var session = MemorySession.After(Start);
        session.Handler.Interfere = RecordingHandler.ThrowIn(hook);
        Assert.Equal(expected, session.Ask("x\r\n.\r\n"));
        Assert.Equal((1, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
        session.Handler.Interfere = null;
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(NextMessage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\r\n")]
    [InlineData("text\r\n.")]
    [InlineData("text\r\n.\r")]
    [InlineData("text\n.\n")]
    public void Client_ClosesOrBreaksWithinTheMessage_NeverCompletesTheSink(string sent)
    {
        foreach (var leave in (Action<MemorySession>[])[session => session.Close(), session => session.Break()])
        {
            var session = MemorySession.After(Start);
            session.Send(sent);
            leave(session);
            Assert.Equal((SessionEndReason.ConnectionLost, 0), (session.End.Reason, session.End.AcceptedMessages));
            Assert.Equal((0, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
            Assert.Equal("", session.Received());
        }
    }

    [Fact]
    public void Client_ClosesBehindTheMessage_StillHasItsReply()
    {
        var session = MemorySession.After(Start);
        Assert.Equal("250 2.0.0", session.Ask("text\r\n.\r\n"));
        session.Close();
        Assert.Equal((SessionEndReason.ClientClosed, 1), (session.End.Reason, session.End.AcceptedMessages));
    }

    [Fact]
    public void Sink_Blocks_NothingMoreIsRead()
    {
        var session = new MemorySession(inputLimit: 4096);
        session.Send(Start);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Write, signal.Task);
        var block = System.Text.Encoding.Latin1.GetBytes(Lines(1024));
        var blocks = 1;
        while (session.TrySend(block))
            blocks++;
        Assert.InRange(blocks, 4, 5);               // what the pipe holds, and no more
        Assert.Single(session.Handler.Calls, Hook.Write);

        session.Handler.Interfere = null;
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(blocks * 1024, session.Handler.Sinks[0].Content.Length);
        Assert.Equal("250 2.0.0", session.Ask(".\r\n"));
    }

    [Fact]
    public void Sink_TakesLong_IsNotHeldAgainstTheClient()
    {
        var session = MemorySession.After(Start);
        for (var block = 0; block < 5; block++)
        {
            var signal = new TaskCompletionSource();
            session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Write, signal.Task);
            Assert.Equal("", session.Send("x\r\n"));
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(4)));
            MemorySession.Inline(() => signal.TrySetResult());
        }
        session.Handler.Interfere = null;
        Assert.Equal("250 2.0.0", session.Ask(".\r\n"));
    }

    [Fact]
    public void Handler_ReturnsNoDecision_IsALocalError()
    {
        var session = MemorySession.After(MemorySession.Hello);
        session.Handler.HasDecision = false;
        Assert.Equal("250 2.1.0, 250 2.1.5, 451 4.3.0, 503 5.5.1", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + MemorySession.Data));
    }

    private static string Lines(int size)
    {
        var text = string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\r\n", size / 42 + 1))[..(size - 2)];
        // A cut may leave a CR in last place.
        return (text.EndsWith('\r') ? text[..^1] + "x" : text) + "\r\n";
    }
}
