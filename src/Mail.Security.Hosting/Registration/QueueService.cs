using Mail.Security.Dnssec;
using Mail.Security.Queue;
using Mail.Security.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Hosting;

/// <summary>Runs the queue as long as the host runs. A clean stop lets running deliveries end, gives leases back, and says goodbye to the hosts whose connections are idle.</summary>
internal sealed class QueueService(QueueRunner runner, IDnssecResolver resolver, SmtpSessionPool pool, TimeProvider time, ILogger<QueueService> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (resolver is not DnssecResolver own)
            return runner.RunAsync(stoppingToken);
        HostingLog.Resolver(logger, own.Path);
        foreach (var anchor in own.Path.NegativeAnchors)
        {
            if (anchor.Expires <= time.GetUtcNow())
                HostingLog.NegativeAnchorEnded(logger, anchor);
            else
                HostingLog.NotValidated(logger, anchor);
        }
        return Task.WhenAll(ProbeAsync(own, stoppingToken), FollowAnchorsAsync(own, stoppingToken), runner.RunAsync(stoppingToken));
    }

    // Beside the queue, not before it: a server that is silent keeps mail waiting no longer than it must.
    private async Task ProbeAsync(DnssecResolver own, CancellationToken stoppingToken)
    {
        try
        {
            foreach (var probe in await own.ProbeAsync(stoppingToken).ConfigureAwait(false))
            {
                if (probe.Capability == ServerCapability.Capable)
                    HostingLog.ServerCapable(logger, probe);
                else
                    HostingLog.ServerNotCapable(logger, probe);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop before the servers answered: nothing is left to say.
        }
    }

    // RFC 5011 §2.3: for as long as the host runs.
    private async Task FollowAnchorsAsync(DnssecResolver own, CancellationToken stoppingToken)
    {
        try
        {
            for (var next = TimeSpan.Zero; next != Timeout.InfiniteTimeSpan;)
            {
                await Task.Delay(next, time, stoppingToken).ConfigureAwait(false);
                var update = await own.UpdateTrustAnchorsAsync(stoppingToken).ConfigureAwait(false);
                foreach (var change in update.Changes)
                    HostingLog.TrustAnchorChanged(logger, change);
                foreach (var failure in update.Failures)
                    HostingLog.TrustAnchorsNotSeen(logger, failure);
                next = update.Next;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop: the next run looks again.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await pool.DisposeAsync().ConfigureAwait(false);
    }
}
