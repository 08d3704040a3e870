using System.Buffers;
using System.Text;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>Keeps what it is given, and counts what is done to it.</summary>
internal sealed class RecordingSink(RecordingHandler handler) : MessageSink
{
    private readonly StringBuilder _content = new();

    public string Content => _content.ToString();

    public bool IsAccepted { get; private set; }

    public int Completions { get; private set; }

    public int Disposals { get; private set; }

    public override async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        Assert.Equal((0, 0), (Completions, Disposals));
        await handler.CallAsync(Hook.Write, cancellationToken).ConfigureAwait(false);
        if (content.Length > handler.SinkRoom - _content.Length)
            throw new IOException("the sink is full");
        _content.Append(Encoding.Latin1.GetString(content));
    }

    public override async ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
    {
        Assert.Equal((0, 0), (Completions, Disposals));
        Completions++;
        if (await handler.CallAsync(Hook.Complete, cancellationToken).ConfigureAwait(false) is { } refusal)
            return new SmtpSubmissionResult.Refused(refusal);
        IsAccepted = true;
        return new SmtpSubmissionResult.Accepted("stored");
    }

    public override async ValueTask DisposeAsync()
    {
        Disposals++;
        await handler.CallAsync(Hook.Dispose, CancellationToken.None).ConfigureAwait(false);
    }
}
