using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

public sealed class ShutdownTests
{
    private const string Down = "421 4.3.2 Service shutting down, closing the connection\r\n";
    private const string Transaction = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("")]
    [InlineData("EHL")]
    [InlineData(MemorySession.Hello)]
    [InlineData(MemorySession.Hello + "MAIL FROM")]
    [InlineData(Transaction + "RSET\r\n")]
    [InlineData(Transaction + MemorySession.Data + "x\r\n.\r\n")]
    [Trait("rfc", "5321#3.8")]
    public void Shutdown_BetweenTransactions_EndsAtOnce(string said)
    {
        var session = MemorySession.After(said);
        Assert.Equal(Down, session.Shutdown());
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);
    }

    [Theory]
    [InlineData(MemorySession.Hello + MemorySession.Mail, "RSET\r\n", "250 2.0.0, 421 4.3.2", 0)]
    [InlineData(Transaction, "EHLO c.example\r\n", "250, 421 4.3.2", 0)]
    [InlineData(Transaction, "DATA\r\nx\r\n.\r\n", "354, 250 2.0.0, 421 4.3.2", 1)]
    [InlineData(Transaction + MemorySession.Data, "x\r\n.\r\n", "250 2.0.0, 421 4.3.2", 1)]
    [InlineData(Transaction + MemorySession.Data + "x", "\r\n.\r\nMAIL FROM:<>\r\n", "250 2.0.0, 421 4.3.2", 1)]
    [InlineData(Transaction, "QUIT\r\n", "221 2.0.0", 0)]
    public void Shutdown_InsideATransaction_EndsBehindIt(string before, string after, string expected, int messages)
    {
        var session = MemorySession.After(before);
        Assert.Equal("", session.Shutdown());
        Assert.Equal("", session.Advance(Grace - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(expected, session.Ask(after));
        Assert.Equal(messages, session.End.AcceptedMessages);
    }

    [Theory]
    [InlineData(MemorySession.Hello + MemorySession.Mail)]
    [InlineData(Transaction)]
    [InlineData(Transaction + MemorySession.Data)]
    [InlineData(Transaction + MemorySession.Data + "x")]
    public void Shutdown_InsideATransaction_EndsAfterTheGrace(string said)
    {
        var session = MemorySession.After(said);
        session.Shutdown();
        Assert.Equal("", session.Advance(Grace - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Down, session.Advance(TimeSpan.FromMilliseconds(1)));
        Assert.Equal((SessionEndReason.Shutdown, 0), (session.End.Reason, session.End.AcceptedMessages));
        Assert.All(session.Handler.Sinks, sink => Assert.Equal((0, 1), (sink.Completions, sink.Disposals)));
    }

    [Fact]
    public void Shutdown_TransactionThatGoesOn_DoesNotOutlastTheGrace()
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail);
        session.Shutdown();
        for (var second = 1; second < 30; second++)
        {
            Assert.Equal("250 2.1.5", session.Ask(MemorySession.Rcpt));
            Assert.Equal("", session.Advance(TimeSpan.FromSeconds(1)));
        }
        Assert.Equal(Down, session.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Shutdown_WhileTheSinkCompletes_WaitsForItsAnswer()
    {
        var session = MemorySession.After(Transaction + MemorySession.Data);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Complete, signal.Task);
        Assert.Equal("", session.Send("x\r\n.\r\n"));
        Assert.Equal("", session.Shutdown());
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(["250 2.0.0", "421 4.3.2"], MemorySession.Codes(session.Received()));
    }

    [Fact]
    public void Shutdown_SinkThatCompletesBehindTheGrace_IsStillTold()
    {
        var session = MemorySession.After(Transaction + MemorySession.Data);
        var signal = new TaskCompletionSource();
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Complete, signal.Task);
        session.Send("x\r\n.\r\n");
        session.Shutdown();
        session.Advance(Grace);
        MemorySession.Inline(() => signal.TrySetResult());
        Assert.Equal(["250 2.0.0", "421 4.3.2"], MemorySession.Codes(session.Received()));
        Assert.Equal((SessionEndReason.Shutdown, 1), (session.End.Reason, session.End.AcceptedMessages));
    }

    [Fact]
    public void Shutdown_BeforeTheStart_EndsWithAWord()
    {
        var (toServer, toClient) = (new System.IO.Pipelines.Pipe(), new System.IO.Pipelines.Pipe());
        var run = MemorySession.Inline(() => SmtpServerSession.FromStream(
            new DuplexPipeStream(new Duplex(toServer.Reader, toClient.Writer)), MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null))
            .RunAsync(new CancellationToken(canceled: true)));
        Assert.True(run.IsCompletedSuccessfully && toClient.Reader.TryRead(out var sent) && System.Text.EncodingExtensions.GetString(System.Text.Encoding.ASCII, sent.Buffer).EndsWith(Down, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Transaction)]
    [InlineData(Transaction + MemorySession.Data + "x")]
    public void Abort_EndsAtOnceAndWithoutAWord(string said)
    {
        var session = MemorySession.After(said);
        session.Received();
        Assert.Equal("", session.Abort());
        Assert.Equal((SessionEndReason.Shutdown, "aborted"), (session.End.Reason, session.End.Detail));
        Assert.All(session.Handler.Sinks, sink => Assert.Equal((0, 1), (sink.Completions, sink.Disposals)));
    }

    [Fact]
    public void Abort_WithinAHandler_CancelsItsToken()
    {
        var session = MemorySession.After(MemorySession.Hello);
        session.Handler.Interfere = RecordingHandler.WaitIn(Hook.Mail);
        session.Send(MemorySession.Mail);
        Assert.Equal("", session.Abort());
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);
    }

    [Fact]
    public void Abort_WithinTheLastWords_EndsAtOnce()
    {
        var session = new MemorySession(outputLimit: 10);   // the greeting waits to be read
        Assert.False(session.Run.IsCompleted);
        session.AbortUnread();
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);

        session = new MemorySession(outputLimit: 10);
        session.Received();
        session.TrySend("QUIT\r\n"u8.ToArray());
        Assert.False(session.Run.IsCompleted);
        session.AbortUnread();
        Assert.Equal(SessionEndReason.Quit, session.End.Reason);
    }

    private sealed record Duplex(System.IO.Pipelines.PipeReader Input, System.IO.Pipelines.PipeWriter Output) : System.IO.Pipelines.IDuplexPipe;
}
