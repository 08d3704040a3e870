using System.Buffers;
using System.Net.Sockets;

namespace Mail.Security.Hosting.Tests.Listening;

public sealed class SocketPipeWriterTests
{
    private const int MoreThanFits = 32 << 20;
    private const int MoreThanASmallBuffer = 512 << 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dispose_WithAFlushThatDidNotEnd_ResetsTheConnection()
    {
        using var pair = await SocketPair.ConnectAsync(sendBuffer: 4096);
        await pair.Pipe.Output.WriteAsync("220 ready\r\n"u8.ToArray(), Token);
        using var cancel = new CancellationTokenSource();
        var flushing = pair.Pipe.Output.WriteAsync(new byte[8 << 20], cancel.Token).AsTask();
        Assert.False(flushing.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing);
        pair.Pipe.Dispose();
        var end = await Assert.ThrowsAsync<IOException>(pair.ReceiveToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(end.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Flush_SendsWhatWasWrittenAndHoldsNothing()
    {
        using var pair = await SocketPair.ConnectAsync();
        Assert.False((await pair.Pipe.Output.FlushAsync(Token)).IsCompleted);
        pair.Pipe.Output.Write("one "u8);
        pair.Pipe.Output.Write(new byte[3000]);
        Assert.Equal(3004, pair.Pipe.Output.UnflushedBytes);

        Assert.False((await pair.Pipe.Output.FlushAsync(Token)).IsCompleted);

        Assert.Equal(0, pair.Pipe.Output.UnflushedBytes);
        Assert.Equal(0, pair.Pool.Rented);
        pair.Pipe.Output.Write("two"u8);
        await pair.Pipe.Output.CompleteAsync();
        pair.Pipe.Dispose();
        Assert.Equal(new string[] { "one ", new('\0', 3000), "two" }.SelectMany(text => text).Select(letter => (byte)letter), await pair.ReceiveToEndAsync());
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact]
    public async Task Flush_PeerThatDoesNotRead_WaitsAndSendsEveryByte()
    {
        using var pair = await SocketPair.ConnectAsync();
        var bytes = Enumerable.Range(0, MoreThanFits).Select(at => (byte)(at * 17 >> 3)).ToArray();
        pair.Pipe.Output.Write(bytes);

        var flushing = pair.Pipe.Output.FlushAsync(Token).AsTask();

        Assert.False(flushing.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => pair.Pipe.Output.GetMemory());
        var receiving = pair.ReceiveToEndAsync();
        Assert.False((await flushing).IsCompleted);
        pair.Pipe.Dispose();
        Assert.Equal(bytes, await receiving);
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_Cancelled_EndsTheWriting(bool byToken)
    {
        using var pair = await SocketPair.ConnectAsync();
        pair.Pipe.Output.Write(new byte[MoreThanFits]);
        using var cancel = new CancellationTokenSource();
        var flushing = pair.Pipe.Output.FlushAsync(cancel.Token).AsTask();

        if (byToken)
        {
            await cancel.CancelAsync();
            Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing)).CancellationToken);
        }
        else
        {
            pair.Pipe.Output.CancelPendingFlush();
            Assert.True((await flushing).IsCanceled);
        }

        pair.Pipe.Output.Write("behind a gap"u8);
        Assert.True((await pair.Pipe.Output.FlushAsync(Token)).IsCompleted);
        pair.Pipe.Output.Complete(new IOException("cut"));
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact]
    public async Task CancelPendingFlush_WithoutAFlush_CancelsTheNextAndDropsNothing()
    {
        using var pair = await SocketPair.ConnectAsync();
        pair.Pipe.Output.CancelPendingFlush();
        pair.Pipe.Output.Write("kept"u8);

        Assert.True((await pair.Pipe.Output.FlushAsync(Token)) is { IsCanceled: true, IsCompleted: false });
        Assert.True((await pair.Pipe.Output.FlushAsync(Token)) is { IsCanceled: false, IsCompleted: false });

        pair.Pipe.Dispose();
        Assert.Equal("kept"u8.ToArray(), await pair.ReceiveToEndAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pair.Pipe.Output.FlushAsync(new CancellationToken(true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_ConnectionGoneMeanwhile_ThrowsAndIsCompletedLater(bool byPeer)
    {
        using var pair = await SocketPair.ConnectAsync();
        pair.Pipe.Output.Write(new byte[MoreThanFits]);
        var flushing = pair.Pipe.Output.FlushAsync(Token).AsTask();

        if (byPeer)
            pair.Reset();
        else
            pair.Pipe.Dispose();

        Assert.True(await Record.ExceptionAsync(() => flushing) is SocketException or ObjectDisposedException);
        Assert.True((await pair.Pipe.Output.FlushAsync(Token)).IsCompleted);
        Assert.Equal(0, pair.Pool.Rented);
    }

    // Two owners would give the array back twice, and two sessions would then share it.
    [Fact]
    public async Task Complete_WhenAFlushEnds_GivesTheArrayBackOnce()
    {
        for (var round = 0; round < 200; round++)
        {
            using var pair = await SocketPair.ConnectAsync(sendBuffer: 4096);
            pair.Pipe.Output.Write(new byte[MoreThanASmallBuffer]);
            var flushing = pair.Pipe.Output.FlushAsync(Token).AsTask();
            Assert.False(flushing.IsCompleted);
            using var begin = new Barrier(2);
            var completing = Task.Run(() =>
            {
                begin.SignalAndWait(Token);
                while (pair.Pipe.Output.UnflushedBytes > 0)
                {
                }
                pair.Pipe.Output.Complete(new IOException("cut"));
            }, Token);
            begin.SignalAndWait(Token);
            pair.Pipe.Dispose();

            Assert.NotNull(await Record.ExceptionAsync(() => flushing));
            await completing;
            Assert.Equal(0, pair.Pool.Rented);
        }
    }

    [Fact]
    public async Task Complete_WithinAFlush_LeavesTheArrayToTheFlush()
    {
        using var pair = await SocketPair.ConnectAsync(sendBuffer: 4096);
        pair.Pipe.Output.Write(new byte[MoreThanASmallBuffer]);
        var flushing = pair.Pipe.Output.FlushAsync(Token).AsTask();

        pair.Pipe.Output.Complete();
        Assert.Equal(1, pair.Pool.Rented);
        Assert.True((await pair.Pipe.Output.FlushAsync(Token)).IsCompleted);

        Assert.False(flushing.IsCompleted);
        var receiving = pair.ReceiveToEndAsync();
        await flushing;
        Assert.Equal(0, pair.Pool.Rented);
        pair.Pipe.Dispose();
        Assert.Equal(MoreThanASmallBuffer, (await receiving).Length);
    }

    [Fact]
    public async Task Flush_BesideAFlush_Throws()
    {
        using var pair = await SocketPair.ConnectAsync(sendBuffer: 4096);
        pair.Pipe.Output.Write(new byte[MoreThanASmallBuffer]);
        var flushing = pair.Pipe.Output.FlushAsync(Token).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Pipe.Output.FlushAsync(Token));

        pair.Pipe.Dispose();
        Assert.NotNull(await Record.ExceptionAsync(() => flushing));
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact]
    public async Task Dispose_WithBytesUnread_EndsTheConnectionWithoutAReset()
    {
        using var pair = await SocketPair.ConnectAsync();
        await pair.SendAsync(new byte[20_000]);
        pair.Pipe.Output.Write("bye"u8);
        await pair.Pipe.Output.FlushAsync(Token);

        pair.Pipe.Dispose();

        Assert.Equal("bye"u8.ToArray(), await pair.ReceiveToEndAsync());
        Assert.Equal(0, pair.Peer.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error));
        Assert.Equal(0, pair.Pool.Rented);
    }

    [Fact]
    public async Task Complete_WithAReason_DropsWhatWasNotFlushed()
    {
        using var pair = await SocketPair.ConnectAsync();
        pair.Pipe.Output.Write("unsent"u8);

        await pair.Pipe.Output.CompleteAsync(new IOException("cut"));

        Assert.Equal(0, pair.Pool.Rented);
        Assert.Throws<ObjectDisposedException>(() => pair.Pipe.Output.GetMemory());
        pair.Pipe.Dispose();
        Assert.Empty(await pair.ReceiveToEndAsync());
    }
}
