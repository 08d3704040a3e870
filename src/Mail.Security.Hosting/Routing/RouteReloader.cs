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
/// any more is a problem too, and so is the part of one that came from a file of its own; who wants nothing of it leaves it empty.
/// </remarks>
public sealed class RouteReloader : IHostedService, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly DeliveryRouting _routing;
    private readonly ILogger _logger;
    private readonly Lock _reloading = new();
    private HashSet<(IConfigurationProvider Provider, string Section)> _read;
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
        _read = [.. Present()];
    }

    /// <summary>Reads the configuration and puts it in force, unless something is wrong with it.</summary>
    /// <returns>What was read.</returns>
    public RouteReading Reload()
    {
        lock (_reloading)
        {
            var reading = Vanished() is { Count: > 0 } vanished ? new RouteReading.Unusable(vanished) : RouteConfiguration.Read(_configuration, _routing.Current);
            switch (reading)
            {
                case RouteReading.Usable(var routes):
                    _routing.Replace(routes);
                    _read = [.. Present()];
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
    private List<RoutingProblem> Vanished()
    {
        var present = Present().ToHashSet();
        return
        [
            .. from section in InForce(_routing.Current)
               where !_configuration.GetChildren().Any(child => string.Equals(child.Key, section, StringComparison.OrdinalIgnoreCase))
               select new RoutingProblem(section, "the section is not there any more, as in a file that is being written; to have nothing of it leave it empty"),
            .. from former in _read
               where !present.Contains(former) && present.Any(other => other.Section == former.Section)
               select new RoutingProblem(former.Section, $"the part that was in {former.Provider} is not there any more, as in a file that is being written; to have nothing of it leave it empty there"),
        ];
    }

    // A section may be put together from several files and the environment.
    private IEnumerable<(IConfigurationProvider Provider, string Section)> Present() =>
        from provider in (_configuration as IConfigurationRoot)?.Providers ?? []
        from section in RouteConfiguration.Sections
        where provider.GetChildKeys([], null).Contains(section, StringComparer.OrdinalIgnoreCase)
        select (provider, section);

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
