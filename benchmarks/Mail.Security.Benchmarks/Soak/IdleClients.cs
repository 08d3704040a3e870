using System.Net.Sockets;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>Connections that say EHLO and are then silent, but for a NOOP in time.</summary>
internal sealed class IdleClients(int port, int count, SoakClients clients) : IAsyncDisposable
{
    private const int DialsAtOnce = 32;

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<SoakConnection> _connections = new(count);

    public int Open => _connections.Count;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        while (_connections.Count < count)
            _connections.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(DialsAtOnce, count - _connections.Count)).Select(_ => OpenOneAsync(cancellationToken))));
    }

    /// <summary>Each says NOOP once in a round, one after the other.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var at = 0; count > 0 && !stop.IsCancellationRequested; at = (at + 1) % count)
        {
            try
            {
                await Task.Delay(Round / count, stop);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(Limit);
                await _connections[at].SayAsync("NOOP\r\n", 250, limit.Token);
            }
            catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException or OperationCanceledException)
            {
                if (!stop.IsCancellationRequested)
                    clients.Problem($"an idle connection: {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    /// <summary>Half of them take their leave, half just close.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var at = 0; at < _connections.Count; at++)
        {
            try
            {
                if (at % 2 == 0)
                    await _connections[at].WriteAsync("QUIT\r\n", CancellationToken.None);
            }
            catch (IOException)
            {
                clients.Problem("an idle connection was gone before the end");
            }
            await _connections[at].DisposeAsync();
        }
        _connections.Clear();
    }

    private async Task<SoakConnection> OpenOneAsync(CancellationToken cancellationToken)
    {
        var connection = await SoakConnection.OpenAsync(port, cancellationToken);
        await connection.GreetAsync(cancellationToken);
        return connection;
    }
}
