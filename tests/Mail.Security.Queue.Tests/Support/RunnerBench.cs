using System.Text;
using Mail.Security.Smtp;
using Mail.Security.Storage.Sqlite;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Queue.Tests;

public enum StoreKind
{
    Memory,
    Sqlite,
}

/// <summary>A runner with everything about it: clock, store, agent, log.</summary>
internal sealed class RunnerBench : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    public static readonly RetrySchedule Steady = new() { Jitter = 0 };

    private readonly CancellationTokenSource _stop = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mailsec-queue");
    private readonly SqliteDatabase? _database;
    private Task _running = Task.CompletedTask;

    public RunnerBench(StoreKind kind = StoreKind.Memory, Action<QueueOptions>? configure = null, RetrySchedule? schedule = null)
    {
        if (kind == StoreKind.Sqlite)
            _database = new SqliteDatabase(new SqliteStoreOptions { Path = Path.Combine(_directory.FullName, "queue.db") }, NullLogger<SqliteDatabase>.Instance);
        Store = new WatchedStore(_database is null ? new MemoryStore() : new SqliteMailQueueStore(_database));
        Agent = new ScriptedAgent(Time);
        var options = Options();
        configure?.Invoke(options);
        Runner = new QueueRunner(Store, Agent, schedule ?? Steady, options, Time, Log);
    }

    public WatchedTime Time { get; } = new(Start);

    public WatchedStore Store { get; }

    public ScriptedAgent Agent { get; }

    public ListLogger<QueueRunner> Log { get; } = new();

    public QueueRunner Runner { get; }

    public static QueueOptions Options() => new() { ReportingHost = DomainName.Parse("relay.example.org"), PollInterval = TimeSpan.FromDays(1), Owner = "bench" };

    public void Run() => _running = Runner.RunAsync(_stop.Token);

    /// <summary>Begins the stop; the task ends with it.</summary>
    public Task Stop()
    {
        _stop.Cancel();
        return _running;
    }

    public static NewQueueMessage Message(string from, params string[] to) => new()
    {
        Received = Start,
        Content = new BytesContent(Encoding.ASCII.GetBytes("From: a@sender.example\r\nMessage-ID: <first@sender.example>\r\nSubject: hello\r\n\r\nbody\r\n")),
        Envelope = new SmtpEnvelope
        {
            ReversePath = from.Length == 0 ? MailPath.Null : MailPath.Parse(from),
            Recipients = [.. to.Select(address => new SmtpRecipient(MailPath.Parse(address)))],
        },
    };

    public Task<QueueMessageId> AddAsync(params string[] to) => AddAsync(Message("a@sender.example", to));

    public async Task<QueueMessageId> AddAsync(NewQueueMessage message) =>
        Assert.IsType<StoreResult<QueueMessageId>.Stored>(await Store.AddAsync(message)).Value;

    public async Task<IReadOnlyList<QueueEntry>> ListAsync() =>
        Assert.IsType<StoreResult<IReadOnlyList<QueueEntry>>.Stored>(await Store.Inner.ListAsync(default, 1000)).Value;

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted)
        {
            Agent.Script = null;
            Store.Trouble = _ => null;
            var stopped = Stop();
            while (!stopped.IsCompleted)
            {
                Time.Advance(TimeSpan.FromMinutes(1));
                await Task.Yield();
            }
        }
        if (_database is not null)
            await _database.DisposeAsync();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }
}
