using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class SocketPipeReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Property(MaxTest = 60)]
    public void Read_AnyPiecesAndAnyConsumption_GivesWhatAPipeGives(byte[] seed, PositiveInt repeat, byte[] plan)
    {
        var bytes = Enumerable.Repeat(seed, repeat.Get * 37).SelectMany(block => block).Select((value, at) => (byte)(value + at)).ToArray();
        Assert.Equal(bytes, Task.Run(() => ThroughPipeAsync(bytes, plan)).GetAwaiter().GetResult());
        Assert.Equal(bytes, Task.Run(() => ThroughSocketAsync(bytes, plan)).GetAwaiter().GetResult());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public async Task Read_NothingConsumed_CollectsEverything(int length)
    {
        using var pair = await SocketPair.ConnectAsync();
        var bytes = Enumerable.Range(0, length).Select(at => (byte)(at * 31)).ToArray();
        var sending = Task.Run(async () =>
        {
            await pair.SendAsync(bytes);
            pair.Peer.Shutdown(SocketShutdown.Send);
        }, Token);

        var result = await pair.Pipe.Input.ReadAsync(Token);
        while (!result.IsCompleted)
        {
            pair.Pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await pair.Pipe.Input.ReadAsync(Token);
        }

        Assert.Equal(bytes, result.Buffer.ToArray());
        pair.Pipe.Input.AdvanceTo(result.Buffer.End);
        Assert.True((await pair.Pipe.Input.ReadAsync(Token)) is { IsCompleted: true, Buffer.IsEmpty: true });
        await pair.Pipe.Input.CompleteAsync();
        Assert.Equal(0, pair.Pool.Rented);
        await sending;
    }

    [Fact]
    public async Task Read_LargeAmountsConsumed_UsesOneBoundedArray()
    {
        using var pair = await SocketPair.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            await pair.SendAsync(new byte[8 << 20]);
            pair.Peer.Shutdown(SocketShutdown.Send);
        }, Token);
        var length = 0L;
        ReadResult result;
        do
        {
            result = await pair.Pipe.Input.ReadAsync(Token);
            Assert.True(result.Buffer.IsSingleSegment);
            Assert.InRange(pair.Pool.Rented, 0, 1);
            length += result.Buffer.Length;
            pair.Pipe.Input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);

        Assert.Equal(8 << 20, length);
        Assert.InRange(pair.Pool.Largest, 4096, 128 * 1024);
        await sending;
    }

    [Fact]
    public async Task Read_BytesNotExamined_AreGivenAgainWithoutAWait()
    {
        using var pair = await SocketPair.ConnectAsync();
        await pair.SendAsync("abc"u8.ToArray());
        var first = await pair.Pipe.Input.ReadAsync(Token);
        pair.Pipe.Input.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.GetPosition(2));

        Assert.True(pair.Pipe.Input.TryRead(out var second));
        Assert.Equal("bc", Text(second.Buffer));
        pair.Pipe.Input.AdvanceTo(second.Buffer.Start, second.Buffer.End);
        Assert.False(pair.Pipe.Input.TryRead(out _));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(0, 4)]
    public async Task AdvanceTo_PositionsOutOfOrder_Throws(int consumed, int examined)
    {
        using var pair = await SocketPair.ConnectAsync();
        await pair.SendAsync("abc"u8.ToArray());
        var buffer = (await pair.Pipe.Input.ReadAsync(Token)).Buffer;
        var holder = buffer.Start.GetObject();

        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Pipe.Input.AdvanceTo(new(holder, consumed), new(holder, examined)));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Pipe.Input.AdvanceTo(new(new byte[9], 1)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("half a line", false)]
    [InlineData("half a line", true)]
    public async Task Wait_Cancelled_LosesNothing(string before, bool byToken)
    {
        foreach (var reads in new[] { 0, 10 })
        {
            using var pair = await SocketPair.ConnectAsync();
            await BecomeBusyAsync(pair, reads);
            await pair.SendAsync(Encoding.ASCII.GetBytes(before));
            if (before.Length > 0)
                pair.Pipe.Input.AdvanceTo((await pair.Pipe.Input.ReadAsync(Token)).Buffer.Start, (await ReadAgainAsync(pair)).Buffer.End);
            using var cancel = new CancellationTokenSource();
            var waiting = pair.Pipe.Input.ReadAsync(cancel.Token).AsTask();
            Assert.False(waiting.IsCompleted);

            if (byToken)
            {
                await cancel.CancelAsync();
                Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting)).CancellationToken);
            }
            else
            {
                pair.Pipe.Input.CancelPendingRead();
                var cancelled = await waiting;
                Assert.True(cancelled.IsCanceled);
                Assert.Equal(before, Text(cancelled.Buffer));
                pair.Pipe.Input.AdvanceTo(cancelled.Buffer.Start, cancelled.Buffer.End);
            }
            await pair.SendAsync(" and the rest"u8.ToArray());

            Assert.Equal(before + " and the rest", Text((await pair.Pipe.Input.ReadAsync(Token)).Buffer));
        }
    }

    [Fact]
    public async Task Wait_WithSeveralTokensInTurn_EndsByItsOwnOnly()
    {
        using var pair = await SocketPair.ConnectAsync();
        var sources = Enumerable.Range(0, 3).Select(_ => new CancellationTokenSource()).ToArray();
        foreach (var turn in (int[])[0, 1, 0, 1, 2, 0])
        {
            var read = pair.Pipe.Input.ReadAsync(sources[turn].Token).AsTask();
            await pair.SendAsync("x"u8.ToArray());
            Assert.Equal(1, (await read).Buffer.Length);
            pair.Pipe.Input.AdvanceTo((await read).Buffer.End);
        }

        var waiting = pair.Pipe.Input.ReadAsync(sources[2].Token).AsTask();
        await sources[1].CancelAsync();
        await sources[0].CancelAsync();
        Assert.False(waiting.IsCompleted);
        await sources[2].CancelAsync();
        Assert.Equal(sources[2].Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting)).CancellationToken);

        await pair.SendAsync("y"u8.ToArray());
        Assert.Equal("y"u8.ToArray(), (await pair.Pipe.Input.ReadAsync(Token)).Buffer.ToArray());
        Array.ForEach(sources, source => source.Dispose());
    }

    [Fact]
    public async Task CancelPendingRead_BeforeARead_CancelsTheNextOnly()
    {
        using var pair = await SocketPair.ConnectAsync();
        pair.Pipe.Input.CancelPendingRead();

        var cancelled = await pair.Pipe.Input.ReadAsync(Token);
        Assert.True(cancelled is { IsCanceled: true, IsCompleted: false, Buffer.IsEmpty: true });
        pair.Pipe.Input.AdvanceTo(cancelled.Buffer.End);
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x", Text((await pair.Pipe.Input.ReadAsync(Token)).Buffer));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pair.Pipe.Input.ReadAsync(new CancellationToken(true)));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(10, "")]
    [InlineData(0, "half a line")]
    public async Task Wait_ResetByThePeer_ThrowsThenAndLater(int reads, string before)
    {
        using var pair = await SocketPair.ConnectAsync();
        await BecomeBusyAsync(pair, reads);
        if (before.Length > 0)
        {
            await pair.SendAsync(Encoding.ASCII.GetBytes(before));
            var result = await pair.Pipe.Input.ReadAsync(Token);
            pair.Pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();
        pair.Reset();

        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => waiting)).SocketErrorCode);
        await Assert.ThrowsAsync<SocketException>(async () => await pair.Pipe.Input.ReadAsync(Token));
        Assert.Throws<SocketException>(() => pair.Pipe.Input.TryRead(out _));
        await pair.Pipe.Input.CompleteAsync();
        Assert.Equal(0, pair.Pool.Rented);
    }

    // An array that is given back while a receive is on would take one client's bytes into another's session.
    [Theory]
    [InlineData(0, "", 0)]
    [InlineData(10, "", 1)]
    [InlineData(0, "half a line", 1)]
    [InlineData(10, "half a line", 1)]
    public async Task Wait_PipeCompletedThenSocketDisposed_KeepsItsArrayUntilTheReceiveIsOver(int reads, string before, int held)
    {
        using var pair = await SocketPair.ConnectAsync();
        await BecomeBusyAsync(pair, reads);
        if (before.Length > 0)
        {
            await pair.SendAsync(Encoding.ASCII.GetBytes(before));
            var result = await pair.Pipe.Input.ReadAsync(Token);
            pair.Pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();

        await pair.Pipe.Input.CompleteAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(held, pair.Pool.Rented);
        pair.Pipe.Dispose();

        await Task.WhenAny(waiting, Task.Delay(Timeout.Infinite, Token));
        Assert.True(waiting.IsCompleted);
        Assert.Equal(0, pair.Pool.Rented);
        Assert.Throws<ObjectDisposedException>(() => pair.Pipe.Input.TryRead(out _));
    }

    [Fact]
    public async Task Wait_PipeCompletedThenBytesCome_GivesNothingOfAnArrayThatIsGone()
    {
        using var pair = await SocketPair.ConnectAsync();
        await BecomeBusyAsync(pair, 10);
        var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();
        await pair.Pipe.Input.CompleteAsync();

        await pair.SendAsync("late"u8.ToArray());

        Assert.True((await waiting).Buffer.IsEmpty);
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact]
    public async Task Read_BesideARead_Throws()
    {
        using var pair = await SocketPair.ConnectAsync();
        await BecomeBusyAsync(pair, 10);
        var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Pipe.Input.ReadAsync(Token));
        Assert.Throws<InvalidOperationException>(() => pair.Pipe.Input.AdvanceTo(default));

        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x", Text((await waiting).Buffer));
    }

    [Fact]
    public async Task Wait_OfANewConnection_RentsNothing()
    {
        using var pair = await SocketPair.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();
            Assert.Equal(0, pair.Pool.Rented);
            await pair.SendAsync("EHLO x\r\n"u8.ToArray());
            var result = await waiting;
            Assert.Equal(1, pair.Pool.Rented);
            pair.Pipe.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task Wait_ThatLasts_GivesItsArrayBackAndGoesOn()
    {
        using var pair = await SocketPair.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            await BecomeBusyAsync(pair, 10);
            var waiting = pair.Pipe.Input.ReadAsync(Token).AsTask();
            Assert.Equal(1, pair.Pool.Rented);

            pair.Pipe.ReleaseIdle();
            Assert.Equal(1, pair.Pool.Rented);
            pair.Pipe.ReleaseIdle();

            await pair.Pool.EmptyAsync();
            Assert.False(waiting.IsCompleted);
            await pair.SendAsync("NOOP\r\n"u8.ToArray());
            var result = await waiting;
            Assert.Equal("NOOP\r\n", Text(result.Buffer));
            pair.Pipe.Input.AdvanceTo(result.Buffer.End);
        }
    }

    // Sweeps and cancels beside a conversation change nothing of what is said.
    [Fact]
    public async Task ReleaseIdle_BesideReads_LosesNothing()
    {
        using var pair = await SocketPair.ConnectAsync(SessionScheduling.Inline);
        using var stop = new CancellationTokenSource();
        var sweeping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                pair.Pipe.ReleaseIdle();
        }, Token);
        for (var round = 0; round < 2000; round++)
        {
            var waiting = pair.Pipe.Input.ReadAsync(Token);
            await pair.SendAsync(BitConverter.GetBytes(round));
            var result = await waiting;
            while (result.Buffer.Length < 4)
            {
                pair.Pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await pair.Pipe.Input.ReadAsync(Token);
            }
            Assert.Equal(round, BitConverter.ToInt32(result.Buffer.ToArray()));
            pair.Pipe.Input.AdvanceTo(result.Buffer.End);
        }
        await stop.CancelAsync();
        await sweeping;
    }

    private static async Task BecomeBusyAsync(SocketPair pair, int reads)
    {
        for (var read = 0; read < reads; read++)
        {
            await pair.SendAsync("x"u8.ToArray());
            pair.Pipe.Input.AdvanceTo((await pair.Pipe.Input.ReadAsync(Token)).Buffer.End);
        }
    }

    private static async Task<ReadResult> ReadAgainAsync(SocketPair pair)
    {
        pair.Pipe.Input.CancelPendingRead();
        return await pair.Pipe.Input.ReadAsync(Token);
    }

    private static async Task<byte[]> ThroughSocketAsync(byte[] bytes, byte[] plan)
    {
        using var pair = await SocketPair.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            foreach (var piece in Pieces(bytes, plan))
                await pair.SendAsync(piece);
            pair.Peer.Shutdown(SocketShutdown.Send);
        }, Token);
        var read = await ReadToEndAsync(pair.Pipe.Input, plan);
        await sending;
        Assert.Equal(0, pair.Pool.Rented);
        return read;
    }

    private static async Task<byte[]> ThroughPipeAsync(byte[] bytes, byte[] plan)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var sending = Task.Run(async () =>
        {
            foreach (var piece in Pieces(bytes, plan))
                await pipe.Writer.WriteAsync(piece, Token);
            await pipe.Writer.CompleteAsync();
        }, Token);
        var read = await ReadToEndAsync(pipe.Reader, plan);
        await sending;
        return read;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] bytes, byte[] plan)
    {
        for (int at = 0, step = 0; at < bytes.Length; step++)
        {
            var length = Math.Min(bytes.Length - at, plan.Length == 0 ? bytes.Length : 1 + plan[step % plan.Length] * 53);
            yield return bytes.AsMemory(at, length);
            at += length;
        }
    }

    // Consumes a part of what it sees, examines that or everything, as planned; the end consumes what is left.
    private static async Task<byte[]> ReadToEndAsync(PipeReader reader, byte[] plan)
    {
        var all = new MemoryStream();
        for (var step = 0; ; step++)
        {
            var result = await reader.ReadAsync(Token);
            var plenty = plan.Length == 0 ? 255 : plan[(step * 7) % plan.Length];
            var take = result.IsCompleted ? result.Buffer.Length : result.Buffer.Length * plenty / 255;
            foreach (var segment in result.Buffer.Slice(0, take))
                all.Write(segment.Span);
            var consumed = result.Buffer.GetPosition(take);
            reader.AdvanceTo(consumed, take > 0 && plenty % 2 == 0 ? consumed : result.Buffer.End);
            if (!result.IsCompleted)
                continue;
            await reader.CompleteAsync();
            return all.ToArray();
        }
    }

    private static string Text(ReadOnlySequence<byte> buffer) => Encoding.ASCII.GetString(buffer);
}
