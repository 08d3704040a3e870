using Mail.Security.Delivery;
using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>What attempts showed of recipient domains, in an SQLite database: routes know it after a restart too.</summary>
/// <remarks>Of at most 100,000 domains; beyond that, what was seen longest ago is forgotten.</remarks>
/// <param name="database">The database; the caller disposes it.</param>
public sealed class SqliteDomainKnowledgeStore(SqliteDatabase database) : IDomainKnowledgeStore
{
    private const long Most = 100_000;

    /// <inheritdoc/>
    public async ValueTask<DomainKnowledge?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        var read = await database.ReadAsync(session => Read(session, domain), cancellationToken).ConfigureAwait(false);
        if (read is StoreResult<DomainKnowledge?>.Stored(var knowledge))
            return knowledge;
        Log(domain, (StoreResult<DomainKnowledge?>.Unavailable)read);
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(RecipientDomain domain, DomainKnowledge knowledge, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(knowledge);
        var written = await database.WriteAsync(session => Write(session, domain, knowledge), cancellationToken).ConfigureAwait(false);
        if (written is StoreResult<int>.Unavailable unavailable)
            Log(domain, unavailable);
    }

    private static DomainKnowledge? Read(SqliteSession session, RecipientDomain domain)
    {
        using var rows = session.Query("SELECT seen, tls, require_tls FROM domain_knowledge WHERE domain = $1", domain.Name.Ascii);
        if (!rows.Read())
            return null;
        var (tls, requireTls) = ((KnownTls)rows.GetInt64(1), (KnownRequireTls)rows.GetInt64(2));
        return Enum.IsDefined(tls) && Enum.IsDefined(requireTls) ? new DomainKnowledge(Ticks.From(rows.GetInt64(0)), tls, requireTls) : null;
    }

    private static int Write(SqliteSession session, RecipientDomain domain, DomainKnowledge knowledge)
    {
        session.Execute("DELETE FROM domain_knowledge WHERE domain IN (SELECT domain FROM domain_knowledge ORDER BY seen LIMIT max(0, (SELECT count(*) FROM domain_knowledge) - $1))", Most - 1);
        return session.Execute(
            "INSERT OR REPLACE INTO domain_knowledge (domain, seen, tls, require_tls) VALUES ($1, $2, $3, $4)",
            domain.Name.Ascii, Ticks.Of(knowledge.Seen), (long)knowledge.Tls, (long)knowledge.RequireTls);
    }

    private void Log<T>(RecipientDomain domain, StoreResult<T>.Unavailable trouble) =>
        SqliteLog.KnowledgeUnavailable(database.Logger, domain.Name.Ascii, trouble.Reason, trouble.Detail);
}
