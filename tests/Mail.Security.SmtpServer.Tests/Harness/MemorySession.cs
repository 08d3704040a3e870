using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>
/// A session whose client is the test. The pipes run their continuations where they are: when <see cref="Send(string)"/> returns, the
/// session has done all it can do with what it was sent, on the thread of the test.
/// </summary>
internal sealed class MemorySession : IDuplexPipe, IDisposable
{
    public const string Hello = "EHLO c.example\r\n";
    public const string Mail = "MAIL FROM:<ann@a.example>\r\n";
    public const string Rcpt = "RCPT TO:<bob@b.example>\r\n";
    public const string Data = "DATA\r\n";

    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly CancellationTokenSource _shutdown = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CountingWriter _output;

    public MemorySession(Action<SmtpServerOptions>? configure = null, RecordingHandler? handler = null, TlsSessionInfo? tls = null, int inputLimit = 1 << 20, int outputLimit = 1 << 20, SmtpHandler? otherHandler = null, TimeProvider? otherTime = null, SmtpServerMetrics? metrics = null, ILogger? logger = null, SmtpAdmission? admission = null)
    {
        Handler = handler ?? new();
        Options = Defaults();
        configure?.Invoke(Options);
        _toServer = new(PipeOf(inputLimit));
        _toClient = new(PipeOf(outputLimit));
        _output = new(_toClient.Writer);
        Info = new SmtpSessionInfo(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 25)) { Tls = tls, Admission = admission };
        Run = Inline(() => new SmtpServerSession(this, Options, otherHandler ?? Handler, Info, otherTime ?? Time, logger, metrics).RunAsync(_shutdown.Token, _abort.Token));
    }

    public RecordingHandler Handler { get; }

    public SmtpServerOptions Options { get; }

    public SmtpSessionInfo Info { get; }

    public FakeTimeProvider Time { get; } = new();

    public Task<SessionEnd> Run { get; }

    /// <summary>How often the session flushed.</summary>
    public int Flushes => _output.Flushes;

    /// <summary>Called before each flush.</summary>
    public Action? BeforeFlush
    {
        get => _output.BeforeFlush;
        set => _output.BeforeFlush = value;
    }

    /// <summary>The end of a session that is over.</summary>
    public SessionEnd End
    {
        get
        {
            Assert.True(Run.IsCompleted, "the session goes on");
            return Run.GetAwaiter().GetResult();
        }
    }

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _output;

    public static SmtpServerOptions Defaults() => new() { HostName = DomainName.Parse("mx.example") };

    /// <summary>A session in which these lines were said and answered.</summary>
    public static MemorySession After(string lines, Action<SmtpServerOptions>? configure = null, RecordingHandler? handler = null)
    {
        var session = new MemorySession(configure, handler);
        session.Send(lines);
        return session;
    }

    /// <summary>Sends, and takes what the server answers.</summary>
    public string Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <inheritdoc cref="Send(string)"/>
    public string Send(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(TrySend(bytes), "the server takes no more");
        return Received();
    }

    /// <summary>Sends; false when what was sent waits for room.</summary>
    public bool TrySend(ReadOnlyMemory<byte> bytes) => Inline(() => _toServer.Writer.WriteAsync(bytes).AsTask()).IsCompleted;

    /// <summary>Sends in pieces.</summary>
    public string SendInPieces(byte[] bytes, int[] cuts)
    {
        var answer = new StringBuilder();
        var at = 0;
        foreach (var cut in cuts.Select(cut => (int)((uint)cut % (uint)(bytes.Length + 1))).Order().Append(bytes.Length))
        {
            answer.Append(Send(bytes.AsMemory(at, cut - at)));
            at = cut;
        }
        return answer.ToString();
    }

    /// <summary>Sends byte by byte.</summary>
    public string SendSlowly(byte[] bytes) => SendInPieces(bytes, [.. Enumerable.Range(0, bytes.Length)]);

    /// <summary>What the server sent since it was last asked for.</summary>
    public string Received() => Inline(() =>
    {
        if (!_toClient.Reader.TryRead(out var result))
            return "";
        var text = Encoding.Latin1.GetString(result.Buffer);
        _toClient.Reader.AdvanceTo(result.Buffer.End);
        return text;
    });

    /// <summary>The codes of the replies in a text, with their enhanced statuses, as "250 2.1.0"; one for each reply.</summary>
    public static IEnumerable<string> Codes(string replies) => replies.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[3] == ' ')
        .Select(line => line.Split(' ') is [var code, var status, ..] && EnhancedStatus.TryParse(status, out _) ? $"{code} {status}" : line[..3]);

    /// <summary>Sends, and gives the codes of the answers.</summary>
    public string Ask(string text) => string.Join(", ", Codes(Send(text)));

    /// <summary>Lets time pass.</summary>
    public string Advance(TimeSpan time)
    {
        AdvanceUnread(time);
        return Received();
    }

    /// <summary>Lets time pass, and reads nothing.</summary>
    public void AdvanceUnread(TimeSpan time) => Inline(() =>
    {
        Time.Advance(time);
        return 0;
    });

    /// <summary>The client sends no more.</summary>
    public void Close() => Inline(() =>
    {
        _toServer.Writer.Complete();
        return 0;
    });

    /// <summary>The client's connection breaks.</summary>
    public void Break() => Inline(() =>
    {
        _toServer.Writer.Complete(new IOException("connection reset"));
        return 0;
    });

    public string Shutdown() => Inline(() =>
    {
        _shutdown.Cancel();
        return Received();
    });

    public string Abort()
    {
        AbortUnread();
        return Received();
    }

    /// <summary>Aborts, and reads nothing.</summary>
    public void AbortUnread() => Inline(() =>
    {
        _abort.Cancel();
        return 0;
    });

    public void Dispose()
    {
        _shutdown.Dispose();
        _abort.Dispose();
    }

    // Continuations run inline only where no synchronization context is.
    public static T Inline<T>(Func<T> action)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static PipeOptions PipeOf(int limit) =>
        new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: limit, resumeWriterThreshold: Math.Max(1, limit / 2), useSynchronizationContext: false);
}
