using System.Text;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>A connection whose client says something and then neither reads nor writes: a write waits until it is cancelled.</summary>
internal sealed class StuckStream(string said) : Stream
{
    private readonly Queue<byte[]> _said = new([Encoding.Latin1.GetBytes(said)]);

    public bool IsDisposed { get; private set; }

    /// <summary>What close does.</summary>
    public Exception? OnDispose { get; init; }

    /// <summary>Called when it is closed.</summary>
    public Action? Disposing { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_said.TryDequeue(out var bytes))
        {
            bytes.CopyTo(buffer);
            return bytes.Length;
        }
        await NeverAsync(cancellationToken).ConfigureAwait(false);
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await NeverAsync(cancellationToken).ConfigureAwait(false);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        Disposing?.Invoke();
        base.Dispose(disposing);
        if (OnDispose is not null)
            throw OnDispose;
    }

    private static async Task NeverAsync(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource();
        using var cancelled = cancellationToken.UnsafeRegister(_ => never.TrySetCanceled(cancellationToken), null);
        await never.Task.ConfigureAwait(false);
    }
}
