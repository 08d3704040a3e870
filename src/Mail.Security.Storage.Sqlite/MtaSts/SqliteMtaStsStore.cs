using Mail.Security.MtaSts;
using Mail.Security.Queue;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The MTA-STS policies seen so far, in an SQLite database: they outlive the process, which is what protects against their suppression (RFC 8461 §10.2).</summary>
/// <param name="database">The database; the caller disposes it.</param>
public sealed class SqliteMtaStsStore(SqliteDatabase database) : IMtaStsStore
{
    /// <inheritdoc/>
    /// <exception cref="IOException">The database could not be read; it must not be taken for "no policy".</exception>
    public async ValueTask<CachedMtaStsPolicy?> GetAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        var read = await database.ReadAsync(session => Read(session, domain), cancellationToken).ConfigureAwait(false);
        return read switch
        {
            StoreResult<CachedMtaStsPolicy?>.Stored(var entry) => entry,
            StoreResult<CachedMtaStsPolicy?>.Unavailable(var reason, var detail) => throw new IOException($"The MTA-STS store is unavailable ({reason}): {detail}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <inheritdoc/>
    /// <remarks>If the database cannot be written the policy is not kept, which is logged: the fetched policy holds for its caller nevertheless.</remarks>
    public async ValueTask SetAsync(CachedMtaStsPolicy entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var written = await database.WriteAsync(session => session.Execute(
            "INSERT OR REPLACE INTO mta_sts_policy (domain, policy_id, text, fetched) VALUES ($1, $2, $3, $4)",
            entry.Domain.Name.Ascii, entry.PolicyId, entry.Policy.Text, Ticks.Of(entry.Fetched)), cancellationToken).ConfigureAwait(false);
        LogFailure(entry.Domain, written);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(RecipientDomain domain, CancellationToken cancellationToken = default)
    {
        var removed = await database.WriteAsync(
            session => session.Execute("DELETE FROM mta_sts_policy WHERE domain = $1", domain.Name.Ascii), cancellationToken).ConfigureAwait(false);
        LogFailure(domain, removed);
    }

    private CachedMtaStsPolicy? Read(SqliteSession session, RecipientDomain domain)
    {
        using var rows = session.Query("SELECT policy_id, text, fetched FROM mta_sts_policy WHERE domain = $1", domain.Name.Ascii);
        if (!rows.Read())
            return null;
        if (MtaStsPolicy.Parse(rows.GetString(1)) is MtaStsPolicyParseResult.Valid(var policy))
            return new CachedMtaStsPolicy(domain, rows.GetString(0), policy, Ticks.From(rows.GetInt64(2)));
        SqliteLog.PolicyUnreadable(database.Logger, domain.Name.Ascii);
        return null;
    }

    private void LogFailure(RecipientDomain domain, StoreResult<int> result)
    {
        if (result is StoreResult<int>.Unavailable(var reason, var detail))
            SqliteLog.PolicyNotKept(database.Logger, domain.Name.Ascii, reason, detail);
    }
}
