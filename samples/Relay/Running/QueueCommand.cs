using Mail.Security.Queue;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Lists what waits in the queue, each with why in one line, or tells all that is known of one message. It reads the database, whether the relay runs or not.</summary>
internal static class QueueCommand
{
    private const int Page = 500;
    private static readonly string[] Own = ["Domain", "Message"];

    public static async Task<int> RunAsync(CommandLine line, TextWriter output)
    {
        var given = ConfigurationSources.Read(line.Without(Own));
        var (configuration, wrong) = new ConfigurationReader(given, TimeProvider.System).Read();
        if (configuration is null || given.Problems.Count > 0)
            return RunCommand.Refuse([.. given.Problems, .. wrong]);
        try
        {
            var wanted = QueueFilter.Of(line);
            if (!File.Exists(configuration.Database))
                throw new FormatException($"there is no database '{configuration.Database}'");
            await using var database = new SqliteDatabase(new SqliteStoreOptions { Path = configuration.Database, MinFreeBytes = 0 }, NullLogger<SqliteDatabase>.Instance);
            return await PrintAsync(new SqliteMailQueueStore(database), wanted, new QueueTable(output, TimeProvider.System));
        }
        catch (FormatException exception)
        {
            return RunCommand.Refuse([$"{exception.Message}."]);
        }
    }

    private static async Task<int> PrintAsync(SqliteMailQueueStore store, QueueFilter wanted, QueueTable table)
    {
        var entries = new List<QueueEntry>();
        for (var after = wanted.Before; ;)
        {
            var read = await store.ListAsync(after, Page);
            if (read is StoreResult<IReadOnlyList<QueueEntry>>.Unavailable(var reason, var detail))
            {
                await Console.Error.WriteLineAsync($"Relay: the database is not usable ({reason}): {detail}");
                return ExitCode.Failed;
            }
            var page = ((StoreResult<IReadOnlyList<QueueEntry>>.Stored)read).Value;
            entries.AddRange(page.Where(wanted.Wants));
            if (page.Count < Page || wanted.Message is not null)
                break;
            after = page[^1].MessageId;
        }
        if (wanted.Message is not null)
            return table.WriteAll(entries) ? ExitCode.Ok : ExitCode.Failed;
        table.Write(entries);
        return ExitCode.Ok;
    }
}
