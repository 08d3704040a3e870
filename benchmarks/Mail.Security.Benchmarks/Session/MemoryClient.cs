using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Security.Benchmarks.Session;

/// <summary>
/// The client's end of two pipes in memory. The pipes run whoever waits where they are: when a write returns, the other end has done all it
/// can do with it, on this thread, and its replies lie ready.
/// </summary>
internal sealed class MemoryClient : IDuplexPipe
{
    private const int Piece = 64 * 1024;

    // No pause, so that no write of the client has to wait.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _toServer = new(Options);
    private readonly Pipe _toClient = new(Options);

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    /// <summary>Writes, in pieces as a socket would hand them on, and reads what came back.</summary>
    /// <returns>The bytes of the replies.</returns>
    public long Say(ReadOnlyMemory<byte> bytes)
    {
        for (; bytes.Length > 0; bytes = bytes[Math.Min(Piece, bytes.Length)..])
        {
            var sent = _toServer.Writer.WriteAsync(bytes[..Math.Min(Piece, bytes.Length)]);
            if (!sent.IsCompletedSuccessfully || sent.Result.IsCompleted)
                throw new InvalidOperationException("The other end takes no more.");
        }
        return Hear();
    }

    /// <summary>Reads what has come as text, for the comparison before anything is timed.</summary>
    public string Read(ReadOnlyMemory<byte> bytes)
    {
        _ = _toServer.Writer.WriteAsync(bytes).AsTask();
        if (!_toClient.Reader.TryRead(out var replies))
            return "";
        var text = System.Text.Encoding.ASCII.GetString(replies.Buffer.ToArray());
        _toClient.Reader.AdvanceTo(replies.Buffer.End);
        return text;
    }

    private long Hear()
    {
        if (!_toClient.Reader.TryRead(out var replies))
            return 0;
        var length = replies.Buffer.Length;
        _toClient.Reader.AdvanceTo(replies.Buffer.End);
        return length;
    }
}
