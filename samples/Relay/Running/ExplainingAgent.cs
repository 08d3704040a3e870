using Mail.Security.Delivery;
using Microsoft.Extensions.Logging;

namespace Relay.Running;

/// <summary>Logs the explanation of every attempt that another agent makes.</summary>
internal sealed class ExplainingAgent(IDeliveryAgent agent, ILogger<ExplainingAgent> logger) : IDeliveryAgent
{
    public async ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken = default)
    {
        var report = await agent.DeliverAsync(request, cancellationToken);
        RelayLog.Explained(logger, report.Explanation.ToString());
        return report;
    }
}
