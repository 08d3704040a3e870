using System.Buffers;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace AotSmoke;

/// <summary>Counts the octets of the messages it is given.</summary>
internal sealed class Inbox : SmtpHandler
{
    public long Received { get; private set; }

    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => new(new Counter(this));

    private sealed class Counter(Inbox inbox) : MessageSink
    {
        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        {
            inbox.Received += content.Length;
            return default;
        }

        public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken) => new(new SmtpSubmissionResult.Accepted("counted"));

        public override ValueTask DisposeAsync() => default;
    }
}
