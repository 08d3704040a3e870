using Mail.Security.Delivery;
using Mail.Security.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Follows the sections of transports, routes and destinations while the relay runs: when a file changes, and when it is told to look, which has files of secrets read too.</summary>
internal sealed class RouteService(CommandLine line, DeliveryRouting routing, ILogger<RouteService> logger) : IHostedService, IDisposable
{
    private readonly IConfigurationRoot _files = ConfigurationSources.Watch(line);
    private readonly Lock _reloading = new();
    private IDisposable? _watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        RelayLog.RoutesInForce(logger, routing.Current);
        _watching = ChangeToken.OnChange(_files.GetReloadToken, Reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _watching?.Dispose();
        (_files as IDisposable)?.Dispose();
    }

    /// <summary>Reads the places anew. What is wrong changes nothing.</summary>
    public void Reload()
    {
        lock (_reloading)
        {
            var given = ConfigurationSources.Read(line);
            if (given.Problems.Count > 0)
            {
                RelayLog.RoutesNotTaken(logger, string.Join(" ", given.Problems));
                return;
            }
            using var reloader = new RouteReloader(given.Sections, routing);
            switch (reloader.Reload())
            {
                case RouteReading.Usable(var routes):
                    RelayLog.RoutesInForce(logger, routes);
                    break;
                case RouteReading.Unusable(var problems):
                    RelayLog.RoutesNotTaken(logger, string.Join(" ", problems));
                    break;
            }
        }
    }
}
