using System.Buffers;

namespace Mail.Security.SmtpServer;

/// <summary>Takes the content of one message as it arrives.</summary>
/// <remarks>
/// Content comes dot-unstuffed, in order, in slices of any size, with CRLF line ends only and without the final dot, whether it was
/// sent by DATA or by BDAT; only a message declared <see cref="Smtp.BodyType.BinaryMime"/> may hold any bytes. The sink paces
/// the client: nothing more is read from the connection until a write has completed. A message is accepted only by
/// <see cref="CompleteAsync"/>. A sink that is disposed without it was aborted (the client went away, the message was too large,
/// held a bare CR, bare LF or NUL, or the sink itself failed) and must leave nothing behind. By DATA such a fault is told at the end of the
/// message only: what a sink was given before <see cref="CompleteAsync"/> may hold it and must not be passed on.
/// </remarks>
public abstract class MessageSink : IAsyncDisposable
{
    /// <summary>Takes the next slice. The memory belongs to the session and is valid until the returned task completes.</summary>
    public abstract ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// The message is whole. <see cref="SmtpSubmissionResult.Accepted"/> takes responsibility for it (RFC 5321 §4.2.5), so it must be
    /// durable before this returns.
    /// </summary>
    /// <remarks>
    /// Once it has returned the client is told, or that is tried, whatever comes then: the end of the session's time, a shutdown, or an abort, which
    /// waits a second for it. What nothing can help is a connection that breaks, a client that does not read, or a process that ends between this
    /// method and the reply: the client then sends the message again (RFC 5321 §6.1).
    /// </remarks>
    public abstract ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Releases what the sink holds; called exactly once, after <see cref="CompleteAsync"/> or instead of it. Of a message that was accepted the client hears before this is waited for.</summary>
    public abstract ValueTask DisposeAsync();
}
