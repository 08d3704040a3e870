using System.Buffers;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>Takes every message and forgets it: what is left is the cost of the server.</summary>
internal sealed class DiscardHandler : SmtpHandler
{
    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => new(Discard.Decision);

    private sealed class Discard : MessageSink
    {
        public static readonly DataDecision Decision = new DataDecision.Receive(new Discard());
        private static readonly SmtpSubmissionResult Taken = new SmtpSubmissionResult.Accepted("discarded");

        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken) => default;

        public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken) => new(Taken);

        public override ValueTask DisposeAsync() => default;
    }
}
