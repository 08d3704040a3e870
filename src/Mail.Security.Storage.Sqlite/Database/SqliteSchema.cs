using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Storage.Sqlite;

/// <summary>The tables, one script a version. A script that was released is never changed; the next change is a new one.</summary>
/// <remarks>Instants are UTC ticks. Names of domains are A-labels; paths are written as SMTP carries them.</remarks>
internal static class SqliteSchema
{
    private const int ApplicationId = 0x4D535131;                  // "MSQ1"

    private static readonly string[] Scripts =
    [
        """
        CREATE TABLE message (
            id             INTEGER PRIMARY KEY AUTOINCREMENT,
            received       INTEGER NOT NULL,
            reverse_path   TEXT    NOT NULL,
            tls_demand     INTEGER NOT NULL,
            body_type      INTEGER NOT NULL,
            smtp_utf8      INTEGER NOT NULL,
            declared_size  INTEGER,
            envelope_id    TEXT,
            content_length INTEGER NOT NULL
        ) STRICT;

        -- id = message id * 2^20 + number of the chunk
        CREATE TABLE content (
            id   INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE destination (
            id           INTEGER PRIMARY KEY,
            message_id   INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            domain       TEXT    NOT NULL,
            due          INTEGER NOT NULL,
            attempts     INTEGER NOT NULL DEFAULT 0,
            last_attempt INTEGER,
            delay_notice INTEGER NOT NULL DEFAULT 0,
            explanation  TEXT    NOT NULL DEFAULT '',
            lease_owner  TEXT,
            lease_token  BLOB,
            lease_until  INTEGER NOT NULL DEFAULT 0,
            available    INTEGER NOT NULL GENERATED ALWAYS AS (max(due, lease_until)) VIRTUAL,
            UNIQUE (message_id, domain)
        ) STRICT;

        CREATE INDEX destination_available ON destination (available, domain);

        CREATE TABLE recipient (
            destination_id INTEGER NOT NULL REFERENCES destination (id) ON DELETE CASCADE,
            ordinal        INTEGER NOT NULL,
            path           TEXT    NOT NULL,
            status         TEXT,
            detail         TEXT    NOT NULL DEFAULT '',
            PRIMARY KEY (destination_id, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mta_sts_policy (
            domain    TEXT    PRIMARY KEY,
            policy_id TEXT    NOT NULL,
            text      TEXT    NOT NULL,
            fetched   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE message ADD COLUMN account   TEXT;
        ALTER TABLE message ADD COLUMN transport TEXT;

        CREATE TABLE domain_knowledge (
            domain      TEXT    PRIMARY KEY,
            seen        INTEGER NOT NULL,
            tls         INTEGER NOT NULL,
            require_tls INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX domain_knowledge_seen ON domain_knowledge (seen);
        """,
        """
        ALTER TABLE message ADD COLUMN dsn_return       INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE message ADD COLUMN deliver_by       INTEGER;
        ALTER TABLE message ADD COLUMN deliver_by_mode  INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE message ADD COLUMN deliver_by_trace INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE message ADD COLUMN priority         INTEGER;

        ALTER TABLE recipient ADD COLUMN notify           INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE recipient ADD COLUMN original_type    TEXT;
        ALTER TABLE recipient ADD COLUMN original_address TEXT;
        """,
        """
        ALTER TABLE destination ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        UPDATE destination SET priority = coalesce((SELECT max(-9, min(9, m.priority)) FROM message AS m WHERE m.id = destination.message_id), 0);

        DROP INDEX destination_available;
        CREATE INDEX destination_turn ON destination (priority, available, domain);
        """,
        """
        CREATE TABLE trust_anchor (
            id            INTEGER PRIMARY KEY,
            zone          TEXT    NOT NULL,
            key_tag       INTEGER NOT NULL,
            algorithm     INTEGER NOT NULL,
            digest_type   INTEGER NOT NULL,
            digest        BLOB    NOT NULL,
            state         INTEGER NOT NULL,
            since         INTEGER NOT NULL,
            accept_at     INTEGER,
            is_configured INTEGER NOT NULL,
            is_learnt     INTEGER NOT NULL
        ) STRICT;

        -- who signed for a key on trial when it was first seen
        CREATE TABLE trust_anchor_witness (
            anchor_id   INTEGER NOT NULL REFERENCES trust_anchor (id) ON DELETE CASCADE,
            ordinal     INTEGER NOT NULL,
            zone        TEXT    NOT NULL,
            key_tag     INTEGER NOT NULL,
            algorithm   INTEGER NOT NULL,
            digest_type INTEGER NOT NULL,
            digest      BLOB    NOT NULL,
            PRIMARY KEY (anchor_id, ordinal)
        ) STRICT, WITHOUT ROWID;
        """,
    ];

    public static int Version => Scripts.Length;

    /// <summary>Brings the schema up to date, in one transaction, so that a crash leaves the old or the new one.</summary>
    public static int Migrate(SqliteSession session, ILogger logger)
    {
        if (Current(session) == Version)
            return Version;
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            var from = Current(session);                           // another process may have been faster
            for (var version = from; version < Version; version++)
                session.Execute(Scripts[version]);
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id={ApplicationId}"));
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Version}"));
            session.Execute("COMMIT");
            SqliteLog.Migrated(logger, from, Version);
            return Version;
        }
        catch
        {
            session.Rollback();
            throw;
        }
    }

    /// <summary>The version of the schema that is there; 0 for none.</summary>
    /// <exception cref="IncompatibleSchemaException">The database is someone else's, or newer.</exception>
    public static int Current(SqliteSession session)
    {
        // One statement sees one state: read apart, the tables of another process's migration could stand beside the mark from before it.
        using var rows = session.Query("SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version");
        rows.Read();
        var (application, version, tables) = (rows.GetInt64(0), (int)rows.GetInt64(1), rows.GetInt64(2));
        if (application == 0 && tables == 0)
            return 0;
        if (application != ApplicationId)
            throw new IncompatibleSchemaException("The file is a database of something else.");
        if (version > Version)
            throw new IncompatibleSchemaException($"The database has version {version}; this package knows {Version}.");
        return version;
    }
}
