using System.Net;

namespace Mail.Security.SenderAuthentication;

/// <summary>What SPF is asked with: one client and what it said (RFC 7208 §4.1).</summary>
public sealed record SpfQuery
{
    /// <summary>The address of the client; an IPv4 address that is mapped into IPv6 is that IPv4 address.</summary>
    public required IPAddress Client { get; init; }

    /// <summary>The reverse-path; null for mail of the mail system itself.</summary>
    public MailPath Sender { get; init; }

    /// <summary>What the client said in EHLO or HELO, as it was: it may be no name at all.</summary>
    public string Hello { get; init; } = string.Empty;

    /// <summary>The name of this host, which explanations may show; empty for "unknown".</summary>
    public DomainName Receiver { get; init; }
}
