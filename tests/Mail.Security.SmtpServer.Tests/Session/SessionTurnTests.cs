using System.Globalization;
using System.Text;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>
/// A client whose bytes are always there before they are asked for gets its thread for a bounded time only: as many such clients as there are
/// threads keep nobody else from being served.
/// </summary>
public sealed class SessionTurnTests
{
    private const int Flood = 20_000;
    private const int Bound = 2000;

    public static TheoryData<string, string> Floods => new()
    {
        { "commands", string.Concat(Enumerable.Repeat("RSET\r\n", Flood)) },
        { "messages", string.Concat(Enumerable.Repeat(MemorySession.Mail + MemorySession.Rcpt + "BDAT 3 LAST\r\nx\r\n", Flood / 3)) },
        { "chunks", MemorySession.Mail + MemorySession.Rcpt + string.Concat(Enumerable.Repeat("BDAT 1\r\nx", Flood)) },
        { "refused commands", string.Concat(Enumerable.Repeat("XYZZY\r\n", Flood)) },
        { "one message", MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + string.Concat(Enumerable.Repeat("a line\r\n", Flood)) + ".\r\n" },
        { "one chunk", MemorySession.Mail + MemorySession.Rcpt + string.Create(CultureInfo.InvariantCulture, $"BDAT {Flood} LAST\r\n") + new string('x', Flood) },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Flood_OfOneClient_GivesTheThreadToOthers(string what, string flood)
    {
        // Commands all in one read; content a few bytes a read.
        var size = what.StartsWith("one", StringComparison.Ordinal) ? 8 : 1 << 24;
        using var flooding = new ReadyStream(MemorySession.Hello + flood + "QUIT\r\n", size);

        var run = MemorySession.Inline(() => Start(flooding));

        Assert.InRange(flooding.LookedAtBeforeTheThreadWasFree, 1, Bound);
        Assert.Equal(SessionEndReason.Quit, (await run).Reason);
        Assert.True(flooding.LookedAt > Bound);
    }

    private static Task<SessionEnd> Start(ReadyStream stream)
    {
        var options = MemorySession.Defaults();
        (options.MaxIdleCommands, options.MaxErrors) = (int.MaxValue, int.MaxValue);
        var run = SmtpServerSession.FromStream(stream, options, new RecordingHandler(), new SmtpSessionInfo(null, null)).RunAsync(CancellationToken.None);
        stream.FreeThread();
        return run;
    }

    /// <summary>Has everything at once and takes everything at once.</summary>
    private sealed class ReadyStream(string text, int most) : MemoryStream(Encoding.Latin1.GetBytes(text), writable: false)
    {
        private readonly Thread _thread = Thread.CurrentThread;
        private volatile bool _free;

        public int LookedAt { get; private set; }

        public int LookedAtBeforeTheThreadWasFree { get; private set; }

        public override bool CanWrite => true;

        public void FreeThread() => _free = true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(1);
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(buffer.Span.Count((byte)'\n'));
            return default;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private void Count(int number)
        {
            LookedAt += number;
            if (!_free && Thread.CurrentThread == _thread)
                LookedAtBeforeTheThreadWasFree += number;
        }
    }
}
