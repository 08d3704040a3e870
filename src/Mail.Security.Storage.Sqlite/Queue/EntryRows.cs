using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Lists the queue for an operator.</summary>
internal static class EntryRows
{
    public static IReadOnlyList<QueueEntry> List(SqliteSession session, QueueMessageId after, int max)
    {
        var entries = new List<QueueEntry>();
        using var rows = session.Query(
            """
            SELECT d.id, d.message_id, d.domain, d.due, d.attempts, d.last_attempt, d.explanation, d.lease_owner, m.reverse_path, m.received, m.content_length, m.account, m.transport
            FROM destination d JOIN message m ON m.id = d.message_id WHERE d.message_id > $1 ORDER BY d.message_id, d.domain
            """, after.Value);
        while (rows.Read())
        {
            var message = new QueueMessageId(rows.GetInt64(1));
            if (entries.Count >= max && entries[^1].MessageId != message)
                break;
            entries.Add(new QueueEntry
            {
                MessageId = message, Domain = StoredPath.ReadDomain(rows.GetString(2)), Due = Ticks.From(rows.GetInt64(3)), Attempts = rows.GetInt32(4),
                LastAttempt = rows.IsDBNull(5) ? null : Ticks.From(rows.GetInt64(5)), Explanation = rows.GetString(6),
                LeaseOwner = rows.IsDBNull(7) ? null : rows.GetString(7), ReversePath = StoredPath.Read(rows.GetString(8)),
                Received = Ticks.From(rows.GetInt64(9)), Size = rows.GetInt64(10), Account = rows.IsDBNull(11) ? "" : rows.GetString(11), Transport = StoredPath.ReadTransport(rows, 12), Recipients = Recipients(session, rows.GetInt64(0)),
            });
        }
        return entries;
    }

    private static List<QueueEntryRecipient> Recipients(SqliteSession session, long destination)
    {
        var recipients = new List<QueueEntryRecipient>();
        using var rows = session.Query("SELECT path, status, detail FROM recipient WHERE destination_id = $1 ORDER BY ordinal", destination);
        while (rows.Read())
        {
            EnhancedStatus? status = !rows.IsDBNull(1) && EnhancedStatus.TryParse(rows.GetString(1), out var parsed) ? parsed : null;
            recipients.Add(new QueueEntryRecipient(StoredPath.ReadRecipient(rows.GetString(0)), status, rows.GetString(2)));
        }
        return recipients;
    }
}
