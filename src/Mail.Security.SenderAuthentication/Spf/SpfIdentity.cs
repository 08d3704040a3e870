using System.Net;
using System.Text;

namespace Mail.Security.SenderAuthentication;

/// <summary>Whom an evaluation is about: the arguments of check_host (RFC 7208 §4.1).</summary>
internal sealed record SpfIdentity
{
    private const string Postmaster = "postmaster";

    public required IPAddress Client { get; init; }

    public required string LocalPart { get; init; }

    /// <summary>The domain as it was given; maybe none.</summary>
    public required string Domain { get; init; }

    public required string Hello { get; init; }

    public required DomainName Receiver { get; init; }

    public bool HasAsciiLocalPart => Ascii.IsValid(LocalPart);

    public string Sender => $"{LocalPart}@{Domain}";

    /// <summary>RFC 7208 §2.4: without a reverse-path it is the postmaster of the client.</summary>
    public static SpfIdentity MailFrom(SpfQuery query) => query.Sender.IsNull
        ? Of(query, Postmaster, query.Hello)
        // An address literal is no domain; a bare postmaster has none.
        : Of(query, query.Sender.LocalPart is { Length: > 0 } local ? local : Postmaster, query.Sender.Domain.Ascii);

    /// <summary>RFC 7208 §2.3, §4.3.</summary>
    public static SpfIdentity HelloName(SpfQuery query) => Of(query, Postmaster, query.Hello);

    private static SpfIdentity Of(SpfQuery query, string localPart, string domain) => new()
    {
        Client = query.Client.IsIPv4MappedToIPv6 ? query.Client.MapToIPv4() : query.Client, LocalPart = localPart, Domain = domain, Hello = query.Hello, Receiver = query.Receiver,
    };
}
