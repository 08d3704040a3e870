using Mail.Security.Smtp;

namespace Mail.Security.Delivery;

/// <summary>What is owed to a sender who named a time when a host takes the message over (RFC 2852 §4.1.4).</summary>
internal sealed class RelayPromises(DeliverBy? deliver, EhloCapabilities peer, DateTimeOffset now)
{
    // Only mode N goes to a host that keeps no times.
    private readonly bool _isUnkept = deliver is { Mode: DeliverByMode.Notify } && now < deliver.By && !peer.Has("DELIVERBY");

    /// <summary>The recipient as the host is told of it: where it keeps no times it is asked to tell of delays (RFC 2852 §4.1.4.2).</summary>
    public SmtpRecipient Ask(SmtpRecipient recipient) => !_isUnkept || !peer.Dsn || recipient.Notify == DsnNotify.Never ? recipient
        : recipient with { Notify = recipient.Notify == DsnNotify.Unspecified ? DsnNotify.Failure | DsnNotify.Delay : recipient.Notify | DsnNotify.Delay };

    /// <summary>Whether the sender is told of the relay, whether or not success was asked for.</summary>
    public bool OwesRelayedDsn(SmtpRecipient recipient) => recipient.Notify != DsnNotify.Never && (_isUnkept || deliver is { Trace: DeliverByTrace.On });
}
