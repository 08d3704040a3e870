using System.Buffers;
using System.Security.Cryptography;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>Takes a message only when its content has the hash that its sender names.</summary>
internal sealed class CheckingHandler : SmtpHandler
{
    private static readonly SmtpSubmissionResult Taken = new SmtpSubmissionResult.Accepted("whole");
    private static readonly SmtpSubmissionResult Broken = new SmtpSubmissionResult.Refused(new SmtpRefusal(554, new EnhancedStatus(5, 6, 0), "The content is not what was sent"));

    private long _accepted;
    private long _damaged;
    private long _open;

    /// <summary>Messages that were whole.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Messages that came to their end with another content.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Sinks that were not disposed yet.</summary>
    public long Open => Interlocked.Read(ref _open);

    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken) => new(new Sink(this, envelope));

    private sealed class Sink : MessageSink
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly CheckingHandler _owner;
        private readonly string? _sender;

        public Sink(CheckingHandler owner, SmtpEnvelope envelope)
        {
            (_owner, _sender) = (owner, envelope.ReversePath.ToString().Trim('<', '>'));
            Interlocked.Increment(ref owner._open);
        }

        public override ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
        {
            foreach (var part in content)
                _hash.AppendData(part.Span);
            return default;
        }

        public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
        {
            if (_sender == CheckedMessage.Unread)
                return new(Taken);
            if (!CheckedMessage.Agrees(_sender, _hash.GetHashAndReset()))
            {
                Interlocked.Increment(ref _owner._damaged);
                return new(Broken);
            }
            Interlocked.Increment(ref _owner._accepted);
            return new(Taken);
        }

        public override ValueTask DisposeAsync()
        {
            _hash.Dispose();
            Interlocked.Decrement(ref _owner._open);
            return default;
        }
    }
}
