using Mail.Security.Queue;
using Mail.Security.Storage.Sqlite;
using Microsoft.Extensions.Hosting;

namespace Relay.Running;

/// <summary>Opens the database before anything else starts: a relay that cannot keep mail must not greet anybody.</summary>
internal sealed class DatabaseService(SqliteDatabase database) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await database.OpenAsync(cancellationToken) is StoreResult<int>.Unavailable(var reason, var detail))
            throw new IOException($"the database is not usable ({reason}): {detail}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
