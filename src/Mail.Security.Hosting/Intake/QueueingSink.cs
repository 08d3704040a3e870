using System.Buffers;
using Mail.Security.Queue;
using Mail.Security.RequireTls;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Takes one message: spools it, looks at its header while it streams by, and queues it.</summary>
internal sealed class QueueingSink(IntakeParts parts, SmtpSessionInfo session, SmtpEnvelope envelope) : MessageSink
{
    // RFC 3463 §3.5
    private static readonly SmtpRefusal Loop = new(554, new(5, 4, 6), "Too many hops: the message runs in a circle");

    private readonly MessageSpool _spool = new(parts.Options.SpoolFolder, parts.Options.MaxMemoryPerMessage);
    private readonly HeldMail _held = new(parts.MailData);
    private TlsRequiredScanner _tlsRequired;
    private ReceivedCounter _hops;
    private bool _spoolFailed;

    public override async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        if (_spoolFailed)
            return;
        if (_held.Take(content.Length) == MailDataVerdict.Full)
        {
            LetGo();
            parts.LogNoRoom();
            return;
        }
        _tlsRequired.Write(content);
        _hops.Write(content);
        try
        {
            await _spool.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LetGo();
            HostingLog.SpoolFailed(parts.Logger, session.Id, parts.Options.SpoolFolder, exception.Message);
        }
    }

    public override async ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_spoolFailed)
            return new SmtpSubmissionResult.Refused(StoreReplies.NoRoom);
        if (_hops.Count > parts.Options.MaxReceivedFields)
        {
            HostingLog.LoopDetected(parts.Logger, session.Id, _hops.Count);
            return new SmtpSubmissionResult.Refused(Loop);
        }

        var message = Compose();
        var stored = await parts.Store.AddAsync(message, cancellationToken).ConfigureAwait(false);
        if (stored is not StoreResult<QueueMessageId>.Stored(var id))
            return Refuse((StoreResult<QueueMessageId>.Unavailable)stored);
        HostingLog.Queued(parts.Logger, id.Value, session.Id, message.Envelope.ReversePath, message.Envelope.Recipients.Count, message.Content.Length, message.Envelope.TlsDemand);
        parts.Queued?.Invoke();
        return new SmtpSubmissionResult.Accepted($"queued as {id}");
    }

    // The client is heard to the end of its message either way, and then told to come again.
    private void LetGo()
    {
        _spoolFailed = true;
        _spool.Dispose();
        _held.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        _spool.Dispose();
        _held.Dispose();
        return ValueTask.CompletedTask;
    }

    private NewQueueMessage Compose()
    {
        var now = parts.Time.GetLocalNow();
        var queued = envelope with
        {
            Recipients = [.. envelope.Recipients.Select(parts.Rules.Route).DistinctBy(recipient => recipient.Path)],
            TlsDemand = TlsRequiredHeader.Combine(envelope.TlsDemand, _tlsRequired.Result),
        };
        // The session's name and a number that grows: unique, and found again in the log.
        var trace = ReceivedTrace.Create(session, queued, parts.Options.HostName, $"{session.Id}-{session.AcceptedMessages + 1}", now);
        return new NewQueueMessage
        {
            Envelope = queued, Content = _spool.ToContent(ReceivedHeader.Format(trace)), Received = now,
            Account = session.Authentication?.AuthorizationIdentity ?? string.Empty,
        };
    }

    private SmtpSubmissionResult.Refused Refuse(StoreResult<QueueMessageId>.Unavailable trouble)
    {
        HostingLog.NotQueued(parts.Logger, session.Id, trouble.Reason, trouble.Detail);
        return new SmtpSubmissionResult.Refused(StoreReplies.For(trouble.Reason));
    }
}
