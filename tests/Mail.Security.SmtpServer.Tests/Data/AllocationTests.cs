using System.Buffers;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>What a message costs does not grow with its bytes. Everything runs on the thread of the test, so its counter tells.</summary>
public sealed class AllocationTests
{
    private const int Mebibyte = 1 << 20;
    private const int Budget = Mebibyte;
    private static readonly byte[] Block = System.Text.Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("a line of text that is long enough to be usual\r\n..stuffed\r\n", 270)));

    [Fact]
    public void Data_OfTenMebibytes_AllocatesNoMoreThanABudget()
    {
        Receive(Mebibyte, Block.Length);
        var allocated = Receive(10 * Mebibyte, Block.Length);
        Assert.InRange(allocated, 0, Budget);
    }

    [Fact]
    public void Data_InSmallPieces_AllocatesByThePieceAndNotByTheByte()
    {
        Receive(Mebibyte, 512);
        var small = Receive(Mebibyte, 512);
        var large = Receive(Mebibyte, 2048);
        Assert.True(large <= small, $"{large} bytes for pieces of 2048, {small} for pieces of 512");
    }

    [Fact]
    public void Commands_AllocateABoundedAmountEach()
    {
        var session = MemorySession.After(MemorySession.Hello, options => options.MaxIdleCommands = 1_000_000);
        var group = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("RSET\r\n", 100)));
        for (var warm = 0; warm < 20; warm++)
            session.Send(group);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 50; round++)
            session.TrySend(group);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 5000, 0, 200);
    }

    [Fact]
    public void Bdat_OfTenMebibytes_AllocatesNoMoreThanABudget()
    {
        ReceiveChunks(Mebibyte, 64 * 1024);
        Assert.InRange(ReceiveChunks(10 * Mebibyte, 64 * 1024), 0, Budget);
    }

    [Fact]
    public void Bdat_InSmallChunks_AllocatesABoundedAmountForEach()
    {
        ReceiveChunks(Mebibyte, 1024);
        Assert.InRange(ReceiveChunks(Mebibyte, 1024) / 1024, 0, 1000);
    }

    private static long ReceiveChunks(int size, int chunk)
    {
        var handler = new CountingHandler();
        using var session = new MemorySession(inputLimit: Mebibyte, otherHandler: handler, otherTime: TimeProvider.System);
        byte[] one = [.. System.Text.Encoding.ASCII.GetBytes($"BDAT {chunk}\r\n"), .. System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("fifteen bytes.\r\n", chunk / 16)))];
        session.Send(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt);
        session.Send(one);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sent = 0; sent < size; sent += chunk)
            Assert.True(session.TrySend(one));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        session.Received();
        Assert.Equal("250 2.0.0", session.Ask("BDAT 0 LAST\r\n"));
        Assert.Equal(size + chunk, handler.Received);
        return allocated;
    }

    private static long Receive(int size, int piece)
    {
        var handler = new CountingHandler();
        using var session = new MemorySession(options => options.MaxIdleCommands = 1000, inputLimit: Mebibyte, otherHandler: handler, otherTime: TimeProvider.System);
        session.Send(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        session.Send(Block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sent = 0;
        while (sent < size)
        {
            for (var at = 0; at < Block.Length; at += piece)
                Assert.True(session.TrySend(Block.AsMemory(at, Math.Min(piece, Block.Length - at))));
            sent += Block.Length;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal("250 2.0.0", session.Ask(".\r\n"));
        Assert.InRange(handler.Received, size / 10 * 9, sent + Block.Length);       // less the dots
        return allocated;
    }

    private sealed class CountingHandler : SmtpHandler
    {
        public long Received { get; private set; }

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => new(new Sink(this));

        private sealed class Sink(CountingHandler owner) : MessageSink
        {
            public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
            {
                owner.Received += content.Length;
                return default;
            }

            public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken) => new(new SmtpSubmissionResult.Accepted(""));

            public override ValueTask DisposeAsync() => default;
        }
    }
}
