using Mail.Security.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Mail.Security.Hosting;

/// <summary>Keeps the routes in force as the configuration says, while mail goes on: as a hosted service, or by <see cref="Reload"/>.</summary>
/// <remarks>What is wrong, or is not there at all any more, changes nothing: the routes in force stay, and the log names every problem with its key (1841).</remarks>
public sealed class RouteReloader : IHostedService, IDisposable
{
    private static readonly RouteReading.Unusable Vanished = new([new RoutingProblem("Routes", "none of the sections is there any more, as in a file that is being written; to have no routes leave the sections empty")]);

    private readonly IConfiguration _configuration;
    private readonly DeliveryRouting _routing;
    private readonly ILogger _logger;
    private readonly Lock _reloading = new();
    private IDisposable? _watching;

    /// <summary>Makes a reloader; nothing is read before it is started.</summary>
    /// <param name="configuration">The configuration with the sections that <see cref="RouteConfiguration"/> reads.</param>
    /// <param name="routing">Where routes are put in force.</param>
    /// <param name="logger">The log; null for none.</param>
    public RouteReloader(IConfiguration configuration, DeliveryRouting routing, ILogger<RouteReloader>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(routing);
        (_configuration, _routing, _logger) = (configuration, routing, logger ?? (ILogger)NullLogger.Instance);
    }

    /// <summary>Reads the configuration and puts it in force, unless something is wrong with it.</summary>
    /// <returns>What was read.</returns>
    public RouteReading Reload()
    {
        lock (_reloading)
        {
            var reading = HasVanished() ? Vanished : RouteConfiguration.Read(_configuration);
            switch (reading)
            {
                case RouteReading.Usable(var routes):
                    _routing.Replace(routes);
                    HostingLog.RoutesInForce(_logger, string.Join(", ", routes.Catalog.Names), routes.Table.Count, routes.Destinations.Count);
                    break;
                case RouteReading.Unusable(var problems):
                    HostingLog.RoutesNotTaken(_logger, string.Join(" ", problems));
                    break;
            }
            return reading;
        }
    }

    // A file that is half written reads as an empty one: demands must not end by that.
    private bool HasVanished() =>
        !_configuration.GetChildren().Any(static child => RouteConfiguration.Sections.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
        && _routing.Current is ({ Catalog.Names.Count: > 1 } or { Table.Count: > 0 } or { Destinations.Count: > 0 });

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = ChangeToken.OnChange(_configuration.GetReloadToken, () => { Reload(); });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Follows the configuration no more.</summary>
    public void Dispose() => Interlocked.Exchange(ref _watching, null)?.Dispose();
}
