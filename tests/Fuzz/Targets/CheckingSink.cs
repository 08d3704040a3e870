using System.Buffers;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A sink that holds the session to what it promises its sinks; what is sent to it can make it fail.</summary>
internal sealed class CheckingSink(CheckingHandler handler, SmtpEnvelope envelope) : MessageSink
{
    private const int Room = 2500;      // below the server's limit: a sink may have less room than it

    private readonly MemoryStream _content = new();
    private bool _isComplete;

    /// <summary>Whether the session has let it go.</summary>
    public bool IsDisposed { get; private set; }

    public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        handler.Rule(!IsDisposed && !_isComplete, "nothing is written behind the end");
        handler.Rule(!content.IsEmpty, "no write is empty");
        foreach (var segment in content)
            _content.Write(segment.Span);
        handler.Rule(_content.Length <= SessionBench.MessageLimit + 2, "no more is written than the limit and a line end");
        if (_content.Length > Room)
            throw new IOException("the sink is full");
        return default;
    }

    public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
    {
        handler.Rule(!IsDisposed && !_isComplete, "a message is completed once");
        _isComplete = true;
        var content = _content.ToArray();
        if (envelope.Body != BodyType.BinaryMime)
        {
            handler.Rule(ReferenceContent.FaultOf(content, ended: true) == SyntaxFault.None, "a message that is completed is clean");
            handler.Rule(content.Length == 0 || content.AsSpan().EndsWith("\r\n"u8), "a message ends with a line end");
        }
        if (content.AsSpan().StartsWith("THROW"u8))
            throw new IOException("the sink is broken");
        if (content.AsSpan().StartsWith("NOTHING"u8))
            return new((SmtpSubmissionResult)null!);
        if (content.AsSpan().StartsWith("REFUSE"u8))
            return new(new SmtpSubmissionResult.Refused(new SmtpRefusal(554, new(5, 6, 0), "refused\r\n250 not so")));
        handler.Accept(content);
        return new(new SmtpSubmissionResult.Accepted("stored\r\n250 as well"));
    }

    public override ValueTask DisposeAsync()
    {
        handler.Rule(!IsDisposed, "a sink is disposed once");
        IsDisposed = true;
        return default;
    }
}
