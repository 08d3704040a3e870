using Mail.Security.Dnssec;
using Mail.Security.Queue;
using Mail.Security.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Runs the queue as long as the host runs. A clean stop lets running deliveries end, gives leases back, and says goodbye to the hosts whose connections are idle.</summary>
internal sealed class QueueService(QueueRunner runner, IDnssecResolver resolver, SmtpSessionPool pool, ILogger<QueueService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (resolver is DnssecResolver { Path: var path })
            HostingLog.Resolver(logger, path);
        return runner.RunAsync(stoppingToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await pool.DisposeAsync().ConfigureAwait(false);
    }
}
