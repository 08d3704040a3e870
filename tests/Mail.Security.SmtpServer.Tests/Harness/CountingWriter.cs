using System.IO.Pipelines;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>A pipe writer that counts how often it is flushed.</summary>
internal sealed class CountingWriter(PipeWriter inner) : PipeWriter
{
    public int Flushes { get; private set; }

    /// <summary>Called before each flush.</summary>
    public Action? BeforeFlush { get; set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Flushes++;
        BeforeFlush?.Invoke();
        return inner.FlushAsync(cancellationToken);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);
}
