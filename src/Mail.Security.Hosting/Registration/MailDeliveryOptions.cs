using Mail.Security.Delivery;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Queue;
using Mail.Security.Transports;

namespace Mail.Security.Hosting;

/// <summary>How the delivery engine of a host works: the options of its parts, with their own defaults. Read once, when the host starts.</summary>
public sealed class MailDeliveryOptions
{
    /// <summary>The name of this host: said in EHLO and given in notices where <see cref="Delivery"/> and <see cref="Queue"/> name no other. Required.</summary>
    public DomainName HostName { get; set; }

    /// <summary>Which servers are asked for names, and where the security of answers comes from: their AD bit, or validation here from the trust anchors.</summary>
    public DnssecResolverOptions Resolver { get; } = new();

    /// <summary>The limits of fetching MTA-STS policies.</summary>
    public MtaStsOptions MtaSts { get; } = new();

    /// <summary>How connections are opened.</summary>
    public TcpDialerOptions Dialer { get; } = new();

    /// <summary>How many connections there are, and how long they are kept for the next message; <see cref="SmtpSessionPoolOptions.NoReuse"/> opens one for each message and host.</summary>
    public SmtpSessionPoolOptions Pool { get; set; } = new();

    /// <summary>How mail hosts are chosen and spoken with.</summary>
    public DeliveryOptions Delivery { get; } = new();

    /// <summary>How the queue is worked off.</summary>
    public QueueOptions Queue { get; } = new();

    /// <summary>When a message is tried again, and for how long.</summary>
    public RetrySchedule Schedule { get; set; } = RetrySchedule.Default;
}
