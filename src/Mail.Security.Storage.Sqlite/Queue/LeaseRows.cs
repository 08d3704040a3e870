using System.Text;
using Mail.Security.Queue;
using Mail.Security.Smtp;

namespace Mail.Security.Storage.Sqlite;

/// <summary>Gives leases out and takes them back.</summary>
internal static class LeaseRows
{
    private sealed record Due(long Id, string Domain);

    private sealed record Row(long MessageId, int Attempts, DelayNotice DelayNotice);

    public static IReadOnlyList<QueueLease> Acquire(SqliteSession session, SqliteDatabase database, LeaseRequest request)
    {
        var leases = new List<QueueLease>();
        int damaged;
        do
        {
            damaged = 0;
            var rest = request with { Max = request.Max - leases.Count, BusyDomains = [.. request.BusyDomains, .. leases.Select(lease => lease.Domain)] };
            foreach (var due in FindDue(session, rest))
            {
                try
                {
                    leases.Add(Take(session, database, request, due));
                }
                catch (StoredDataException fault)                  // one row that cannot be read must not stop the mail of all others
                {
                    damaged++;
                    PutOff(session, request, due);
                    SqliteLog.Unreadable(database.Logger, due.Id, fault.Message);
                }
            }
        }
        while (damaged > 0 && leases.Count < request.Max);
        return leases;
    }

    public static LeaseState Renew(SqliteSession session, QueueLease lease, DateTimeOffset until) =>
        State(session.Execute(
            "UPDATE destination SET lease_until = $4 WHERE message_id = $1 AND domain = $2 AND lease_token = $3",
            lease.MessageId.Value, lease.Domain.Name.Ascii, lease.Token.ToByteArray(), Ticks.Of(until)));

    public static LeaseState Release(SqliteSession session, QueueLease lease, DateTimeOffset due) =>
        State(session.Execute(
            "UPDATE destination SET due = $4, lease_owner = NULL, lease_token = NULL, lease_until = 0 WHERE message_id = $1 AND domain = $2 AND lease_token = $3",
            lease.MessageId.Value, lease.Domain.Name.Ascii, lease.Token.ToByteArray(), Ticks.Of(due)));

    public static LeaseState Postpone(SqliteSession session, QueueLease lease, DateTimeOffset due) =>
        State(session.Execute(
            """
            UPDATE destination SET due = $4, attempts = max(attempts - 1, 0), last_attempt = CASE WHEN attempts > 1 THEN last_attempt END, lease_owner = NULL, lease_token = NULL, lease_until = 0
            WHERE message_id = $1 AND domain = $2 AND lease_token = $3
            """,
            lease.MessageId.Value, lease.Domain.Name.Ascii, lease.Token.ToByteArray(), Ticks.Of(due)));

    public static LeaseState Complete(SqliteSession session, QueueLease lease, LeaseCompletion completion, NewQueueMessage? notice)
    {
        var destination = session.Scalar<long>(
            "SELECT id FROM destination WHERE message_id = $1 AND domain = $2 AND lease_token = $3",
            lease.MessageId.Value, lease.Domain.Name.Ascii, lease.Token.ToByteArray());
        if (destination == 0)
            return LeaseState.Lost;

        foreach (var recipient in completion.Recipients)
            Record(session, destination, recipient);
        if (session.Scalar<long>("SELECT count(*) FROM recipient WHERE destination_id = $1", destination) == 0)
        {
            session.Execute("DELETE FROM destination WHERE id = $1", destination);
            MessageRows.DeleteIfFinished(session, lease.MessageId.Value);
        }
        else
        {
            session.Execute(
                "UPDATE destination SET due = $2, delay_notice = $3, explanation = $4, lease_owner = NULL, lease_token = NULL, lease_until = 0 WHERE id = $1",
                destination, Ticks.Of(completion.RetryAt), (long)completion.DelayNotice, completion.Explanation);
        }
        if (notice is not null)
            MessageRows.Insert(session, notice);
        return LeaseState.Held;
    }

    public static DateTimeOffset? NextDue(SqliteSession session, IReadOnlyCollection<RecipientDomain> busyDomains)
    {
        var busy = Names(busyDomains);
        DateTimeOffset? next = null;
        foreach (var priority in Priorities(session))
        {
            using var rows = session.Query("SELECT available, domain FROM destination WHERE priority = $1 ORDER BY available, domain", priority);
            while (rows.Read())
            {
                if (busy.Contains(rows.GetString(1)))
                    continue;
                var due = Ticks.From(rows.GetInt64(0));
                next = next is null || due < next ? due : next;
                break;
            }
        }
        return next;
    }

    // Walks the index in the order of priority and time and keeps the first row of each domain, so that a domain with much due mail cannot hide the others.
    private static List<Due> FindDue(SqliteSession session, LeaseRequest request)
    {
        var taken = Names(request.BusyDomains);
        var found = new List<Due>();
        foreach (var priority in Priorities(session))
        {
            using var rows = session.Query("SELECT id, domain FROM destination WHERE priority = $1 AND available <= $2 ORDER BY available, domain", priority, Ticks.Of(request.Now));
            while (found.Count < request.Max && rows.Read())
            {
                var domain = rows.GetString(1);
                if (taken.Add(domain))
                    found.Add(new Due(rows.GetInt64(0), domain));
            }
        }
        return found;
    }

    // The priorities that something has, the highest first: one step into the index for each.
    private static IEnumerable<long> Priorities(SqliteSession session)
    {
        for (var priority = Below(MessageRows.HighestPriority + 1); priority is { } level; priority = Below(level))
            yield return level;

        long? Below(long level) => session.Scalar<long?>("SELECT max(priority) FROM destination WHERE priority < $1", level);
    }

    private static QueueLease Take(SqliteSession session, SqliteDatabase database, LeaseRequest request, Due due)
    {
        var row = ReadDestination(session, due.Id);
        var attempt = row.Attempts + 1;
        var token = Guid.NewGuid();
        var expires = request.Now + request.Duration;
        session.Execute(
            "UPDATE destination SET attempts = $2, last_attempt = $3, due = $4, lease_owner = $5, lease_token = $6, lease_until = $7 WHERE id = $1",
            due.Id, (long)attempt, Ticks.Of(request.Now), Ticks.Of(request.ProvisionalRetry(attempt)), request.Owner, token.ToByteArray(), Ticks.Of(expires));

        var recipients = ReadRecipients(session, due.Id);
        using var message = session.Query(
            "SELECT received, reverse_path, tls_demand, body_type, smtp_utf8, declared_size, envelope_id, content_length, account, transport, dsn_return, deliver_by, deliver_by_mode, deliver_by_trace, priority FROM message WHERE id = $1", row.MessageId);
        if (!message.Read())
            throw new StoredDataException($"The database holds no message {row.MessageId}.");
        var envelopeId = message.IsDBNull(6) ? null : message.GetString(6);
        return new QueueLease
        {
            Token = token, MessageId = new QueueMessageId(row.MessageId), Domain = StoredPath.ReadDomain(due.Domain), Attempt = attempt, Expires = expires,
            DelayNotice = row.DelayNotice, Received = Ticks.From(message.GetInt64(0)), EnvelopeId = envelopeId,
            Account = message.IsDBNull(8) ? "" : message.GetString(8), Transport = StoredPath.ReadTransport(message, 9),
            Content = new SqliteMessageContent(database, row.MessageId, message.GetInt64(7)),
            Envelope = new SmtpEnvelope
            {
                ReversePath = StoredPath.Read(message.GetString(1)), Recipients = recipients, TlsDemand = (TlsDemand)message.GetInt64(2),
                Body = (BodyType)message.GetInt64(3), SmtpUtf8 = message.GetInt64(4) != 0, Size = message.IsDBNull(5) ? null : message.GetInt64(5),
                Return = (DsnReturn)message.GetInt64(10), EnvelopeId = Speakable(envelopeId), RequestedPriority = message.IsDBNull(14) ? null : message.GetInt32(14),
                DeliverBy = message.IsDBNull(11) ? null : new DeliverBy(Ticks.From(message.GetInt64(11)), (DeliverByMode)message.GetInt64(12), (DeliverByTrace)message.GetInt64(13)),
            },
        };
    }

    // The row stays, for an operator to mend; it is looked at again when it would have been tried again, and later than now in any case.
    private static void PutOff(SqliteSession session, LeaseRequest request, Due due)
    {
        var least = request.Now + request.Duration;
        session.Execute(
            "UPDATE destination SET due = max(due, $2), lease_owner = NULL, lease_token = NULL, lease_until = 0 WHERE id = $1", due.Id, Ticks.Of(least));
    }

    private static Row ReadDestination(SqliteSession session, long id)
    {
        using var rows = session.Query("SELECT message_id, attempts, delay_notice FROM destination WHERE id = $1", id);
        rows.Read();
        return new Row(rows.GetInt64(0), rows.GetInt32(1), (DelayNotice)rows.GetInt64(2));
    }

    private static List<SmtpRecipient> ReadRecipients(SqliteSession session, long destination)
    {
        var recipients = new List<SmtpRecipient>();
        using var rows = session.Query("SELECT path, notify, original_type, original_address FROM recipient WHERE destination_id = $1 ORDER BY ordinal", destination);
        while (rows.Read())
        {
            recipients.Add(new SmtpRecipient(StoredPath.ReadRecipient(rows.GetString(0)))
            {
                Notify = (DsnNotify)rows.GetInt64(1),
                OriginalRecipient = rows.IsDBNull(2) || rows.IsDBNull(3) ? null : new OriginalRecipient(rows.GetString(2), rows.GetString(3)),
            });
        }
        return recipients;
    }

    // What no parameter can carry is for notices alone: it did not come by SMTP.
    private static string? Speakable(string? envelopeId) =>
        envelopeId is not null && Ascii.IsValid(envelopeId) && DsnParameters.TryReadEnvelopeId(Encoding.ASCII.GetBytes(Xtext.Encode(envelopeId)), out _) ? envelopeId : null;

    private static void Record(SqliteSession session, long destination, RecipientCompletion recipient)
    {
        if (recipient.Outcome == RecipientFate.Retry)
            session.Execute(
                "UPDATE recipient SET status = $3, detail = $4 WHERE destination_id = $1 AND path = $2",
                destination, recipient.Recipient.ToString(), recipient.Status.ToString(), recipient.Detail);
        else
            session.Execute("DELETE FROM recipient WHERE destination_id = $1 AND path = $2", destination, recipient.Recipient.ToString());
    }

    private static HashSet<string> Names(IEnumerable<RecipientDomain> domains) =>
        domains.Select(domain => domain.Name.Ascii).ToHashSet(StringComparer.Ordinal);

    private static LeaseState State(int changed) => changed == 0 ? LeaseState.Lost : LeaseState.Held;
}
