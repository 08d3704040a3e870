using System.IO.Pipelines;
using Mail.Security.SmtpServer.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SmtpServer.Tests.Connection;

/// <summary>A session lets its connection go, whatever state it is in.</summary>
public sealed class ServerConnectionTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Stream_ThatTakesNoBytes_DoesNotHoldTheSession()
    {
        using var stream = new StuckStream("");
        var run = Start(stream, CancellationToken.None);
        Assert.False(run.IsCompleted);
        Advance(TimeSpan.FromMinutes(5));
        Assert.True(run.IsCompleted, "the session waits for a client that does not read");
        Assert.Equal(SessionEndReason.Timeout, (await run).Reason);
        Assert.True(stream.IsDisposed);
    }

    [Fact]
    public void Stream_ThatTakesNoBytes_DoesNotHoldAnAbort()
    {
        using var stream = new StuckStream("");
        using var abort = new CancellationTokenSource();
        var run = Start(stream, abort.Token);
        MemorySession.Inline(() =>
        {
            abort.Cancel();
            return 0;
        });
        Assert.True(run.IsCompleted && stream.IsDisposed);
    }

    [Fact]
    public void Stream_ThatThrowsWhenItIsClosed_HarmsNobody()
    {
        var stream = new StuckStream("") { OnDispose = new IOException("already closed") };
        var run = Start(stream, new CancellationToken(canceled: true));
        Assert.True(run.IsCompletedSuccessfully && stream.IsDisposed);
    }

    [Fact]
    public async Task Pipes_ThatThrowAnything_EndTheSession()
    {
        foreach (var exception in (Exception[])[new IOException("reset"), new InvalidOperationException("aborted"), new OperationCanceledException("closed")])
        {
            var toServer = new Pipe();
            toServer.Writer.Complete(exception);
            var transport = new Duplex(toServer.Reader, new Pipe().Writer);
            var end = await MemorySession.Inline(() => new SmtpServerSession(transport, MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null), _time)
                .RunAsync(CancellationToken.None));
            Assert.Equal(SessionEndReason.ConnectionLost, end.Reason);
            Assert.Contains(exception.Message, end.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Session_Ended_HasCompletedBothPipes()
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        await toServer.Writer.WriteAsync("QUIT\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var end = await new SmtpServerSession(new Duplex(toServer.Reader, toClient.Writer), MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null), _time)
            .RunAsync(CancellationToken.None);
        Assert.Equal(SessionEndReason.Quit, end.Reason);
        Assert.True(toClient.Reader.TryRead(out var read) && read.IsCompleted);
        Assert.True((await toServer.Writer.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
    }

    // A close_notify that the client does not take is given up and still under way: until the stream is closed its bytes lie in what the pipe would give back.
    [Fact]
    public async Task Dispose_OverAStream_ClosesTheStreamBeforeItsPipes()
    {
        var steps = new List<string>();
        var stream = new StuckStream("") { OnDispose = new IOException("already closed"), Disposing = () => steps.Add("stream") };
        var (toServer, toClient) = (new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline)), new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline)));
        var reading = toClient.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().ContinueWith(_ => steps.Add("pipe"), TestContext.Current.CancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await new ServerConnection(new Duplex(toServer.Reader, toClient.Writer), stream).DisposeAsync();
        await reading;
        Assert.Equal(["stream", "pipe"], steps);
    }

    [Fact]
    public async Task Flush_CancelledFromOutside_IsNoFlush()
    {
        // A writer over a stream has not sent its bytes then, and under TLS a record is missing: nothing may follow it.
        var toServer = new Pipe();
        await toServer.Writer.WriteAsync("NOOP\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var output = PipeWriter.Create(new MemoryStream());
        output.CancelPendingFlush();
        var end = await new SmtpServerSession(new Duplex(toServer.Reader, output), MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null), _time)
            .RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((SessionEndReason.ConnectionLost, "a flush was cancelled"), (end.Reason, end.Detail));
    }

    private Task<SessionEnd> Start(Stream stream, CancellationToken abort) => MemorySession.Inline(() =>
        SmtpServerSession.FromStream(stream, MemorySession.Defaults(), new RecordingHandler(), new SmtpSessionInfo(null, null), _time).RunAsync(CancellationToken.None, abort));

    private void Advance(TimeSpan time) => MemorySession.Inline(() =>
    {
        _time.Advance(time);
        return 0;
    });

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
