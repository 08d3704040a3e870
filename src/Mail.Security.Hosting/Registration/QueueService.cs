using Mail.Security.Dnssec;
using Mail.Security.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Runs the queue as long as the host runs. A clean stop lets running deliveries end and gives leases back.</summary>
internal sealed class QueueService(QueueRunner runner, IDnssecResolver resolver, ILogger<QueueService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (resolver is DnssecResolver { Path: var path })
            HostingLog.Resolver(logger, path);
        return runner.RunAsync(stoppingToken);
    }
}
