using Mail.Security.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Mail.Security.Hosting;

/// <summary>Keeps the routes in force as the configuration says, while mail goes on: as a hosted service, or by <see cref="Reload"/>.</summary>
/// <remarks>
/// What is wrong changes nothing: the routes in force stay, and the log names every problem with its key (1841). A section of which something is in force and that is not there
/// any more is a problem too; who wants nothing of it leaves it empty.
/// </remarks>
public sealed class RouteReloader : IHostedService, IDisposable
{
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
            var reading = Vanished().ToList() is { Count: > 0 } vanished ? new RouteReading.Unusable(vanished) : RouteConfiguration.Read(_configuration, _routing.Current);
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

    // A file that is being written, or is away for a moment, reads as an empty one: demands must not end by that.
    private IEnumerable<RoutingProblem> Vanished() =>
        from section in InForce(_routing.Current)
        where !_configuration.GetChildren().Any(child => string.Equals(child.Key, section, StringComparison.OrdinalIgnoreCase))
        select new RoutingProblem(section, "the section is not there any more, as in a file that is being written; to have nothing of it leave it empty");

    private static IEnumerable<string> InForce(DeliveryRoutes routes)
    {
        if (routes.Catalog.Names.Count > 1 || (routes.Catalog.TryGet(TransportName.Direct, out var direct) && direct != new TransportDefinition.Direct()))
            yield return "Transports";
        if (routes.Table.Count > 0)
            yield return "Routes";
        if (routes.Destinations.Count > 0)
            yield return "Destinations";
    }

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
