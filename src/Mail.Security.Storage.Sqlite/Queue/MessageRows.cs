using System.Buffers;
using Mail.Security.Delivery;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Writes and removes messages with their content.</summary>
internal static class MessageRows
{
    public const int ChunkBytes = 64 * 1024;
    public const long ChunksPerMessage = 1 << 20;
    public const int HighestPriority = 9;                          // RFC 6710 §4.1

    public static void Check(NewQueueMessage message)
    {
        if (message.Envelope.Recipients.Count == 0)
            throw new ArgumentException("A message needs a recipient.", nameof(message));
        if (message.Envelope.Recipients.Any(recipient => recipient.Path.RecipientDomain is null))
            throw new ArgumentException("Every recipient of a queued message needs a domain.", nameof(message));
    }

    public static QueueMessageId Insert(SqliteSession session, NewQueueMessage message)
    {
        var envelope = message.Envelope;
        session.Execute(
            """
            INSERT INTO message (received, reverse_path, tls_demand, body_type, smtp_utf8, declared_size, envelope_id, content_length, account, transport,
                dsn_return, deliver_by, deliver_by_mode, deliver_by_trace, priority) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            Ticks.Of(message.Received), envelope.ReversePath.ToString(), (long)envelope.TlsDemand, (long)envelope.Body, envelope.SmtpUtf8 ? 1L : 0L,
            envelope.Size, message.EnvelopeId ?? envelope.EnvelopeId, message.Content.Length, message.Account.Length == 0 ? null : message.Account, message.Transport.IsEmpty ? null : message.Transport.Value,
            (long)envelope.Return, envelope.DeliverBy is { } deliver ? Ticks.Of(deliver.By) : null, (long)(envelope.DeliverBy?.Mode ?? default), (long)(envelope.DeliverBy?.Trace ?? default), (long?)envelope.RequestedPriority);
        var id = LastRow(session);
        InsertContent(session, id, message.Content);
        foreach (var domain in envelope.Recipients.GroupBy(recipient => recipient.Path.RecipientDomain!.Value))
            InsertDestination(session, id, domain.Key, message, domain);
        return new QueueMessageId(id);
    }

    public static MessageState SetTransport(SqliteSession session, QueueMessageId message, TransportName transport) =>
        session.Execute("UPDATE message SET transport = $2 WHERE id = $1", message.Value, transport.IsEmpty ? null : transport.Value) == 0 ? MessageState.Gone : MessageState.Queued;

    /// <summary>Removes a message of which nothing is open any more.</summary>
    public static void DeleteIfFinished(SqliteSession session, long id)
    {
        if (session.Scalar<long>("SELECT count(*) FROM destination WHERE message_id = $1", id) > 0)
            return;
        session.Execute("DELETE FROM content WHERE id BETWEEN $1 AND $2", id * ChunksPerMessage, (id + 1) * ChunksPerMessage - 1);
        session.Execute("DELETE FROM message WHERE id = $1", id);
    }

    private static void InsertContent(SqliteSession session, long id, MessageContent content)
    {
        using var stream = content.OpenRead();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long total = 0;
            for (long chunk = 0; ; chunk++)
            {
                var read = stream.ReadAtLeast(buffer.AsSpan(0, ChunkBytes), ChunkBytes, throwOnEndOfStream: false);
                total += read;
                if (total > content.Length || chunk == ChunksPerMessage)
                    throw new InvalidDataException("The content is longer than its length.");
                if (read > 0)
                    session.Execute("INSERT INTO content (id, data) VALUES ($1, $2)", id * ChunksPerMessage + chunk, buffer.AsSpan(0, read).ToArray());
                if (read < ChunkBytes)
                    break;
            }
            if (total != content.Length)
                throw new InvalidDataException("The content is shorter than its length.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void InsertDestination(SqliteSession session, long message, RecipientDomain domain, NewQueueMessage queued, IEnumerable<SmtpRecipient> recipients)
    {
        session.Execute("INSERT INTO destination (message_id, domain, due, priority) VALUES ($1, $2, $3, $4)",
            message, domain.Name.Ascii, Ticks.Of(queued.Received), (long)Math.Clamp(queued.Envelope.RequestedPriority ?? 0, -HighestPriority, HighestPriority));
        var destination = LastRow(session);
        long ordinal = 0;
        foreach (var recipient in recipients)
            session.Execute("INSERT INTO recipient (destination_id, ordinal, path, notify, original_type, original_address) VALUES ($1, $2, $3, $4, $5, $6)",
                destination, ordinal++, recipient.Path.ToString(), (long)recipient.Notify, recipient.OriginalRecipient?.AddressType, recipient.OriginalRecipient?.Address);
    }

    private static long LastRow(SqliteSession session) => session.Scalar<long>("SELECT last_insert_rowid()");
}
