using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>One message for recipients of one domain: the work of one attempt.</summary>
public sealed record DeliveryRequest
{
    /// <summary>The recipient domain; policies are looked up here and nowhere else (RFC 8461 §3.1).</summary>
    public required RecipientDomain Domain { get; init; }

    /// <summary>Sender, demands, and the recipients that are still open: at least one, each of them in <see cref="Domain"/>.</summary>
    public required SmtpEnvelope Envelope { get; init; }

    /// <summary>The message as it will be sent; it may be read once for every host that accepts a recipient.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>The account that submitted the message, for the routes of accounts; empty for none.</summary>
    public string Account { get; init; } = string.Empty;

    /// <summary>The transport set on the message, which no route overrides; empty for none. One that is not configured makes the attempt transient.</summary>
    public TransportName Transport { get; init; }

    /// <summary>The number of the attempt, from 1; for routes, logs and the explanation.</summary>
    public int Attempt { get; init; } = 1;
}
