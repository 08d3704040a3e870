using Mail.Security.Dnssec;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The rows of tracked trust anchors, and of those that signed for them.</summary>
internal static class TrustAnchorRows
{
    private const int WitnessColumn = 10;

    public static IReadOnlyList<TrackedAnchor> Read(SqliteSession session)
    {
        var anchors = new List<TrackedAnchor>();
        var (last, witnesses) = (0L, new List<TrustAnchor>());
        // One statement sees one state, though somebody saves at the same time.
        using var rows = session.Query(
            """
            SELECT a.zone, a.key_tag, a.algorithm, a.digest_type, a.digest, a.state, a.since, a.accept_at, a.is_configured, a.is_learnt,
                   w.zone, w.key_tag, w.algorithm, w.digest_type, w.digest, a.id
            FROM trust_anchor AS a LEFT JOIN trust_anchor_witness AS w ON w.anchor_id = a.id ORDER BY a.id, w.ordinal
            """);
        while (rows.Read())
        {
            if (anchors.Count == 0 || rows.GetInt64(WitnessColumn + 5) != last)
            {
                (last, witnesses) = (rows.GetInt64(WitnessColumn + 5), []);
                anchors.Add(Tracked(rows) with { Witnesses = witnesses });
            }
            if (!rows.IsDBNull(WitnessColumn))
                witnesses.Add(Anchor(rows, WitnessColumn));
        }
        return anchors;
    }

    public static int Replace(SqliteSession session, IReadOnlyList<TrackedAnchor> anchors)
    {
        session.Execute("DELETE FROM trust_anchor");
        for (var id = 1; id <= anchors.Count; id++)
        {
            var (one, key) = (anchors[id - 1], anchors[id - 1].Anchor);
            session.Execute(
                "INSERT INTO trust_anchor (id, zone, key_tag, algorithm, digest_type, digest, state, since, accept_at, is_configured, is_learnt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                id, Zone(key), key.KeyTag, key.Algorithm, key.DigestType, key.Digest.ToArray(), (long)one.State, Ticks.Of(one.Since), one.AcceptAt is { } end ? Ticks.Of(end) : null, one.IsConfigured ? 1L : 0L, one.IsLearnt ? 1L : 0L);
            for (var ordinal = 0; ordinal < one.Witnesses.Count; ordinal++)
            {
                var witness = one.Witnesses[ordinal];
                session.Execute(
                    "INSERT INTO trust_anchor_witness (anchor_id, ordinal, zone, key_tag, algorithm, digest_type, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    id, ordinal, Zone(witness), witness.KeyTag, witness.Algorithm, witness.DigestType, witness.Digest.ToArray());
            }
        }
        return anchors.Count;
    }

    private static TrackedAnchor Tracked(SqliteDataReader row)
    {
        var state = row.GetInt64(5);
        if (state is < 0 or > byte.MaxValue || !Enum.IsDefined((TrustAnchorState)state))
            throw new StoredDataException("The database holds a state of a trust anchor that is none.");
        return new(Anchor(row, 0), (TrustAnchorState)state, Moment(row, 6)) { AcceptAt = row.IsDBNull(7) ? null : Moment(row, 7), IsConfigured = row.GetInt64(8) != 0, IsLearnt = row.GetInt64(9) != 0 };
    }

    private static TrustAnchor Anchor(SqliteDataReader row, int column)
    {
        var zone = default(DomainName);
        if (row.GetString(column) is { Length: > 0 } text && !DomainName.TryParseLax(text, out zone))
            throw new StoredDataException("The database holds a zone of a trust anchor that is none.");
        var (tag, algorithm, digest) = (row.GetInt64(column + 1), row.GetInt64(column + 2), row.GetInt64(column + 3));
        if (tag is < 0 or > ushort.MaxValue || algorithm is < 0 or > byte.MaxValue || digest is < 0 or > byte.MaxValue)
            throw new StoredDataException("The database holds a number of a trust anchor that is none.");
        return new(zone, (ushort)tag, (byte)algorithm, (byte)digest, row.GetFieldValue<byte[]>(column + 4));
    }

    private static DateTimeOffset Moment(SqliteDataReader row, int column) =>
        row.GetInt64(column) is var ticks && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? Ticks.From(ticks)
            : throw new StoredDataException("The database holds a time of a trust anchor that is none.");

    // The root has no name: an empty one.
    private static string Zone(TrustAnchor anchor) => anchor.Zone.IsEmpty ? "" : anchor.Zone.Ascii;
}
