using System.Globalization;
using Mail.Security.Delivery;
using Mail.Security.Queue;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Sets the transport of a queued message, or leaves the message to the routes again. It works on the database, whether the relay runs or not.</summary>
internal static class TransportCommand
{
    private const string None = "none";
    private static readonly string[] Own = ["Message", "Name"];

    public static async Task<int> RunAsync(CommandLine line, TextWriter output)
    {
        var given = ConfigurationSources.Read(line.Without(Own));
        var (configuration, wrong) = new ConfigurationReader(given, TimeProvider.System).Read();
        if (configuration is null || given.Problems.Count > 0)
            return RunCommand.Refuse([.. given.Problems, .. wrong]);
        try
        {
            var (message, transport) = Read(line);
            if (!File.Exists(configuration.Database))
                throw new FormatException($"there is no database '{configuration.Database}'");
            await using var database = new SqliteDatabase(new SqliteStoreOptions { Path = configuration.Database, MinFreeBytes = 0 }, NullLogger<SqliteDatabase>.Instance);
            var administration = new QueueAdministration(new SqliteMailQueueStore(database), new DeliveryRouting(configuration.Routes));
            return Tell(await administration.SetTransportAsync(message, transport), message, transport, output);
        }
        catch (FormatException exception)
        {
            return RunCommand.Refuse([$"{exception.Message}."]);
        }
    }

    /// <summary>What the command line asks for; the empty transport for none.</summary>
    /// <exception cref="FormatException">It asks for what cannot be.</exception>
    public static (QueueMessageId Message, TransportName Transport) Read(CommandLine line)
    {
        if (!long.TryParse(line.Values.GetValueOrDefault("Message"), NumberStyles.None, CultureInfo.InvariantCulture, out var message) || message == 0)
            throw new FormatException("--Message is needed: the number of a message, as 'queued as' told it to its client");
        var name = line.Values.GetValueOrDefault("Name") ?? "";
        if (string.Equals(name, None, StringComparison.OrdinalIgnoreCase))
            return (new QueueMessageId(message), default);
        return TransportName.TryParse(name, out var transport) ? (new QueueMessageId(message), transport)
            : throw new FormatException($"--Name is needed: the name of a transport, or {None} to leave the message to the routes");
    }

    private static int Tell(TransportChange change, QueueMessageId message, TransportName transport, TextWriter output)
    {
        switch (change)
        {
            case TransportChange.Done:
                output.WriteLine(transport.IsEmpty ? $"Message {message} goes as the routes say, from its next attempt on." : $"Message {message} goes by {transport}, from its next attempt on.");
                return ExitCode.Ok;
            case TransportChange.NoSuchTransport(var known):
                return RunCommand.Refuse([$"there is no transport '{transport}', only {string.Join(", ", known)}."]);
            case TransportChange.NoSuchMessage:
                Console.Error.WriteLine($"Relay: message {message} is not in the queue.");
                return ExitCode.Failed;
            case TransportChange.Unavailable(var reason, var detail):
                Console.Error.WriteLine($"Relay: the database is not usable ({reason}): {detail}");
                return ExitCode.Failed;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
