using System.Diagnostics;
using Mail.Security.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Delivery;

/// <summary>Makes delivery attempts over the network, as the planner says: the only thing here that speaks with mail hosts.</summary>
/// <remarks>Safe for use by many callers at once.</remarks>
public sealed class DeliveryAgent : IDeliveryAgent
{
    private readonly DeliveryPlanner _planner;
    private readonly AttemptParts _parts;

    /// <summary>Makes an agent.</summary>
    /// <param name="planner">Says which hosts to try and how.</param>
    /// <param name="dialer">Opens connections, but for transports that name addresses or proxies of their own.</param>
    /// <param name="options">How mail is delivered; copied here.</param>
    /// <param name="time">The clock of limits and reports; null for the system's.</param>
    /// <param name="logger">Receives the log lines; null for none.</param>
    /// <param name="routing">The routes and what they are asked with; null sends everything to the domains' own mail exchangers.</param>
    /// <param name="dialers">Opens the connections of all transports; null takes <paramref name="dialer"/>, and TCP with its defaults where a transport has addresses of its own.</param>
    /// <param name="pool">Keeps sessions for the next message to the same host, and to limits; its owner disposes of it. Null opens a session for each message and host.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DeliveryAgent(DeliveryPlanner planner, SmtpDialer dialer, DeliveryOptions options, TimeProvider? time = null, ILogger<DeliveryAgent>? logger = null, DeliveryRouting? routing = null,
        TransportDialers? dialers = null, SmtpSessionPool? pool = null)
    {
        ArgumentNullException.ThrowIfNull(planner);
        ArgumentNullException.ThrowIfNull(dialer);
        ArgumentNullException.ThrowIfNull(options);
        _planner = planner;
        _parts = new AttemptParts(dialers ?? new TransportDialers(dialer, null, time), options.CheckedCopy(), time ?? TimeProvider.System, logger ?? NullLogger<DeliveryAgent>.Instance)
        {
            Routing = routing ?? new DeliveryRouting(),
            Gate = new DestinationGate(time ?? TimeProvider.System),
            Logins = new LoginGate(options.LoginPause, time ?? TimeProvider.System),
            Pool = pool ?? new SmtpSessionPool(SmtpSessionPoolOptions.NoReuse, time),      // holds nothing that would have to be disposed of
        };
    }

    /// <inheritdoc/>
    public async ValueTask<AttemptReport> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken = default)
    {
        Check(request);
        var attempt = new Attempt(_planner, _parts, request);
        using var activity = DeliveryTelemetry.Activities.StartActivity("mail.delivery.attempt", ActivityKind.Client);
        try
        {
            await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (attempt.AnyDelivered)
        {
            // A host has taken the message for somebody: to lose that knowledge, for whatever reason, would be to send it again.
            DeliveryTelemetry.AttemptStopped(request, exception, _parts.Logger);
            attempt.Stop(exception);
        }
        var report = attempt.Seal();
        DeliveryTelemetry.AttemptEnded(activity, report, _parts.Logger);
        return report;
    }

    private static void Check(DeliveryRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var recipients = request.Envelope.Recipients;
        if (recipients.Count == 0)
            throw new ArgumentException("An attempt needs a recipient.", nameof(request));
        foreach (var recipient in recipients)
        {
            if (recipient.Path.RecipientDomain != request.Domain)
                throw new ArgumentException("Every recipient of an attempt is in its domain.", nameof(request));
        }
    }
}
