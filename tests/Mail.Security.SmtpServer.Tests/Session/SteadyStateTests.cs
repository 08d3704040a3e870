using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>
/// A session that goes on costs no memory: whatever the client's writes are, once it has sent a few messages, further ones to the same
/// people allocate nothing, with a handler that allocates nothing. Everything runs on the thread of the test, so its counter tells.
/// </summary>
public sealed class SteadyStateTests
{
    private const string Envelope = "MAIL FROM:<ann@a.example> SIZE=1000 BODY=8BITMIME\r\nRCPT TO:<bob@b.example>\r\nRCPT TO:<\"b b\"@[192.0.2.1]>\r\nDATA\r\n";
    private const string ChunkEnvelope = "MAIL FROM:<ann@a.example> SIZE=1000 BODY=8BITMIME\r\nRCPT TO:<bob@b.example>\r\n";
    private const int WarmUps = 200;
    private const int Rounds = 50;
    private const int Runs = 5;
    private const int Patience = 250;

    private static readonly string Text = string.Concat(Enumerable.Repeat("a line of text that is long enough to be usual\r\n..stuffed\r\n", 20)) + ".\r\n";

    private static string Chunk(string last = "") => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"BDAT {Text.Length} {last}").TrimEnd() + "\r\n" + Text;

    public static TheoryData<string, string[]> Clients => new()
    {
        { "lock-step", [.. Envelope.Split('\n')[..^1].Select(line => line + "\n"), Text] },
        { "envelope in one write", [Envelope, Text] },
        { "content with the next envelope", [Text + Envelope] },
        { "several transactions in one write", [Text + Envelope + Text + Envelope + Text + Envelope] },
        { "content in pieces", [Envelope, Text[..200], Text[200..201], Text[201..^2], Text[^2..]] },
        { "commands in pieces", [Envelope[..3], Envelope[3..60], Envelope[60..^1], Envelope[^1..], Text] },
        { "refused recipients", ["MAIL FROM:<ann@a.example>\r\nRCPT TO:<>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\n", Text] },
        { "a message without lines", [Envelope, ".\r\n"] },
        { "a chunk a message", [ChunkEnvelope, Chunk("LAST")] },
        { "chunks of a message", [ChunkEnvelope, Chunk(), Chunk(), "BDAT 0 LAST\r\n"] },
        { "several messages by chunk in one write", [ChunkEnvelope + Chunk("LAST") + ChunkEnvelope + Chunk() + Chunk("LAST")] },
        { "chunks in pieces", [ChunkEnvelope + Chunk("LAST")[..100], Chunk("LAST")[100..]] },
        { "commands without mail", ["NOOP\r\n", "RSET\r\nRSET\r\n", "NOOP x\r\n", "XYZZY\r\n", Envelope + Text] },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void Transactions_InSteadyState_AllocateNothing(string client, string[] writes)
    {
        Assert.NotEmpty(client);
        using var talk = new Talk(new QuietHandler());
        if (writes[0] == Text || writes[0].StartsWith(Text, StringComparison.Ordinal))
            talk.Say(Encoding.Latin1.GetBytes(Envelope));
        var bytes = writes.Select(Encoding.Latin1.GetBytes).ToArray();
        Assert.Equal(0, MemorySession.Inline(() => Least(talk, bytes, enough: 0)));
        Assert.Equal(0, talk.Handler.Unfinished);
        Assert.True(talk.Handler.Accepted >= WarmUps + Rounds * Runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" AUTH=<>")]
    [InlineData(" AUTH=ann@a.example")]
    [InlineData(" AUTH=sue@a.example")]
    public void Transactions_AfterALogin_AllocateNothing(string parameter)
    {
        using var talk = new Talk(new QuietHandler(), new TestAccounts().Everywhere(AuthenticationRequirement.Required));
        talk.Say(Encoding.Latin1.GetBytes($"AUTH PLAIN {TestAccounts.Plain()}\r\n"));
        byte[][] bytes = [Encoding.Latin1.GetBytes($"MAIL FROM:<ann@a.example>{parameter}\r\nRCPT TO:<bob@b.example>\r\nDATA\r\n"), Encoding.Latin1.GetBytes(Text)];
        Assert.Equal(0, MemorySession.Inline(() => Least(talk, bytes, enough: 0)));
        Assert.True(talk.Handler.Accepted >= WarmUps + Rounds * Runs);
    }

    [Fact]
    public void Transactions_WithBareLineEndsNormalised_AllocateNothing()
    {
        using var talk = new Talk(new QuietHandler(), options => options.BareLineEnds = BareLineEndPolicy.Normalise);
        var bytes = new[] { Envelope, Text[..301] + "a line of\nanother\rsystem" + Text[301..] }.Select(Encoding.Latin1.GetBytes).ToArray();
        Assert.Equal(0, MemorySession.Inline(() => Least(talk, bytes, enough: 0)));
        Assert.True(talk.Handler.Accepted >= WarmUps + Rounds * Runs);
    }

    [Fact]
    public void Transactions_OfAClientTheProtocolLogDoesNotCover_AllocateNothing()
    {
        var log = new SmtpProtocolLog(new ListLogger()) { Sources = [IPNetwork.Parse("198.51.100.0/24")] };
        using var talk = new Talk(new QuietHandler(), options => options.ProtocolLog = log);
        var bytes = new[] { Envelope, Text }.Select(Encoding.Latin1.GetBytes).ToArray();
        Assert.Equal(0, MemorySession.Inline(() => Least(talk, bytes, enough: 0)));
    }

    [Fact]
    public void Transactions_ToOtherPeopleEachTime_AllocateOnlyWhatNamesThem()
    {
        using var talk = new Talk(new QuietHandler());
        var writes = Enumerable.Range(0, 30).Select(number => Encoding.Latin1.GetBytes($"MAIL FROM:<ann{number}@a.example>\r\nRCPT TO:<bob{number}@b.example>\r\nDATA\r\n" + Text)).ToArray();
        var least = MemorySession.Inline(() => Least(talk, writes, enough: 3000L * 30)) / writes.Length;
        Assert.InRange(least, 1, 3000);
    }

    // Code that is not optimised yet boxes what optimised code does not, and on a busy machine the runtime takes its time: it is given some.
    private static long Least(Talk talk, byte[][] writes, long enough)
    {
        for (var round = 0; round < WarmUps; round++)
            talk.Say(writes);
        var least = long.MaxValue;
        for (var run = 0; run < Runs || (least > enough && run < Runs + Patience); run++)
        {
            if (run >= Runs)
                Thread.Sleep(20);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
                talk.Say(writes);
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before + Rounds - 1) / Rounds);
        }
        return least;
    }

    /// <summary>A client that reads its answers and keeps none.</summary>
    private sealed class Talk : IDuplexPipe, IDisposable
    {
        private readonly Pipe _toServer = new(Options);
        private readonly Pipe _toClient = new(Options);
        private readonly CancellationTokenSource _abort = new();

        public Talk(QuietHandler handler, Action<SmtpServerOptions>? configure = null)
        {
            Handler = handler;
            var options = MemorySession.Defaults();
            (options.MaxIdleCommands, options.MaxErrors) = (int.MaxValue, int.MaxValue);
            configure?.Invoke(options);
            MemorySession.Inline(() => new SmtpServerSession(this, options, handler, new SmtpSessionInfo(null, null)).RunAsync(CancellationToken.None, _abort.Token));
            MemorySession.Inline(() => Say("EHLO c.example\r\n"u8.ToArray()));
        }

        public QuietHandler Handler { get; }

        public PipeReader Input => _toServer.Reader;

        public PipeWriter Output => _toClient.Writer;

        private static PipeOptions Options => new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

        public int Say(params ReadOnlySpan<byte[]> writes)
        {
            foreach (var write in writes)
            {
                var sent = _toServer.Writer.WriteAsync(write);
                Assert.True(sent.IsCompletedSuccessfully && !sent.Result.IsCompleted, "the server takes no more");
                if (_toClient.Reader.TryRead(out var answer))
                    _toClient.Reader.AdvanceTo(answer.Buffer.End);
            }
            return writes.Length;
        }

        public void Dispose()
        {
            MemorySession.Inline(() =>
            {
                _abort.Cancel();
                return 0;
            });
            _abort.Dispose();
        }
    }

    /// <summary>Takes every message without a new object.</summary>
    private sealed class QuietHandler : SmtpHandler
    {
        private readonly DataDecision _decision;

        public QuietHandler() => _decision = new DataDecision.Receive(new Sink(this));

        public int Accepted { get; private set; }

        public int Unfinished { get; private set; }

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken)
        {
            Unfinished += envelope.Recipients.Count == 0 ? 1 : 0;
            return new(_decision);
        }

        private sealed class Sink(QuietHandler owner) : MessageSink
        {
            private readonly SmtpSubmissionResult _taken = new SmtpSubmissionResult.Accepted("taken");

            public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

            public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
            {
                owner.Accepted++;
                return new(_taken);
            }

            public override ValueTask DisposeAsync() => default;
        }
    }
}
