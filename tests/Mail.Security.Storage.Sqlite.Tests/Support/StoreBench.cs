using System.Globalization;
using System.Text;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>A store on a file of its own, with a connection beside it that looks at the tables or gets in the way.</summary>
internal sealed class StoreBench : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mailsec-sqlite");

    public StoreBench(Action<SqliteStoreOptions>? configure = null)
    {
        Options = new SqliteStoreOptions { Path = Path.Combine(_directory.FullName, "queue.db"), BusyTimeout = TimeSpan.FromSeconds(1), MinFreeBytes = 0 };
        configure?.Invoke(Options);
        Open();
    }

    public string DatabasePath => Options.Path;

    public SqliteStoreOptions Options { get; }

    public ListLogger Log { get; } = new();

    public Meters Meters { get; } = new();

    public SqliteDatabase Database { get; private set; } = null!;

    public SqliteMailQueueStore Store { get; private set; } = null!;

    public void Open()
    {
        Database = new SqliteDatabase(Options, Log, Meters);
        Store = new SqliteMailQueueStore(Database);
    }

    /// <summary>Closes the file and opens it again, as a new process would.</summary>
    public async Task RestartAsync()
    {
        await Database.DisposeAsync();
        Open();
    }

    public static NewQueueMessage Message(params string[] to) => new()
    {
        Received = Start,
        Content = new BytesContent(Encoding.ASCII.GetBytes("Subject: hello\r\n\r\nbody\r\n")),
        Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("a@sender.example"), Recipients = [.. to.Select(address => new SmtpRecipient(MailPath.Parse(address)))] },
    };

    public static NewQueueMessage Message(byte[] content, params string[] to) => Message(to) with { Content = new BytesContent(content) };

    public static T Stored<T>(StoreResult<T> result) => Assert.IsType<StoreResult<T>.Stored>(result).Value;

    public static StoreFailure Failure<T>(StoreResult<T> result) => Assert.IsType<StoreResult<T>.Unavailable>(result).Reason;

    public async Task<QueueMessageId> AddAsync(params string[] to) => Stored(await Store.AddAsync(Message(to)));

    public async Task<IReadOnlyList<QueueLease>> AcquireAsync(DateTimeOffset? now = null, int max = 100, params string[] busy) =>
        Stored(await Store.AcquireAsync(Request(now, max, busy)));

    public async Task<IReadOnlyList<QueueEntry>> ListAsync() => Stored(await Store.ListAsync(default, 1000));

    public static LeaseRequest Request(DateTimeOffset? now = null, int max = 100, params string[] busy) => new()
    {
        Owner = "bench", Now = now ?? Start, Duration = TimeSpan.FromMinutes(2), Max = max,
        ProvisionalRetry = attempt => (now ?? Start) + TimeSpan.FromMinutes(10 * attempt), BusyDomains = [.. busy.Select(Domain)],
    };

    public static RecipientDomain Domain(string name) => new(DomainName.Parse(name));

    public static LeaseCompletion All(QueueLease lease, RecipientFate fate) => new()
    {
        Recipients = [.. lease.Envelope.Recipients.Select(recipient => new RecipientCompletion(recipient.Path, fate, new EnhancedStatus(4, 4, 1), "why"))],
        RetryAt = Start + TimeSpan.FromHours(1),
        Explanation = "explained",
    };

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = DatabasePath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public long Count(string sql)
    {
        using var connection = Connect();
        return Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    public static byte[] Read(MessageContent content, int buffer = 8192)
    {
        using var stream = content.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy, buffer);
        return copy.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Meters.Dispose();
        _directory.Delete(recursive: true);
    }
}
