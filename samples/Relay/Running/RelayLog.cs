using Microsoft.Extensions.Logging;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>The relay's own log lines; the ids are outside the ranges of the packages.</summary>
internal static partial class RelayLog
{
    public const int ExplanationId = 1;

    public static void Starting(ILogger logger, RelayConfiguration configuration)
    {
        Started(logger, configuration.HostName, configuration.Database, configuration.DeliveryPort, string.Join(", ", configuration.Networks));
        if (configuration.Certificate.Origin == CertificateOrigin.SelfSigned)
            SelfSigned(logger);
    }

    [LoggerMessage(ExplanationId, LogLevel.Information, "{Explanation}")]
    public static partial void Explained(ILogger logger, string explanation);

    [LoggerMessage(2, LogLevel.Information, "Relay {HostName}, queue in {Database}, delivers to port {Port}, relays for {Networks}")]
    private static partial void Started(ILogger logger, Mail.Security.DomainName hostName, string database, int port, string networks);

    [LoggerMessage(4, LogLevel.Information, "SMTP sessions written line by line: {Sources}")]
    public static partial void ProtocolLogChanged(ILogger logger, string sources);

    [LoggerMessage(5, LogLevel.Warning, "The changed configuration is not used: {Problems}")]
    public static partial void NotReloaded(ILogger logger, string problems);

    [LoggerMessage(3, LogLevel.Warning, "No certificate is configured: clients get a self-signed one made just now, which keeps listeners out and proves nothing")]
    private static partial void SelfSigned(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "SIGHUP: no certificate file is configured, the routes alone are looked at")]
    public static partial void NothingToReload(ILogger logger);

    public static void RoutesInForce(ILogger logger, Mail.Security.Delivery.DeliveryRoutes routes) =>
        RoutesInForce(logger, string.Join(", ", routes.Catalog.Names), routes.Table.Count, routes.Destinations.Count);

    [LoggerMessage(6, LogLevel.Information, "Routes in force: transports {Transports}; {Routes} routes; {Destinations} destination policies")]
    private static partial void RoutesInForce(ILogger logger, string transports, int routes, int destinations);

    [LoggerMessage(7, LogLevel.Error, "The changed routes are not used, those of before stay in force: {Problems}")]
    public static partial void RoutesNotTaken(ILogger logger, string problems);
}
