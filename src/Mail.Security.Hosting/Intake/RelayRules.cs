using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Who may send to whom.</summary>
internal sealed class RelayRules(MailIntakeOptions options)
{
    // RFC 3463 §3.8, §3.2
    public static readonly SmtpRefusal RelayingDenied = new(550, new(5, 7, 1), "Relaying denied");
    public static readonly SmtpRefusal NoPostmaster = new(550, new(5, 1, 1), "No postmaster was named here");
    public static readonly SmtpRefusal AddressLiteral = new(550, new(5, 1, 2), "Mail goes to domains here, not to address literals");

    private readonly IPNetwork[] _networks = [.. options.RelayNetworks];

    /// <summary>Judges one recipient; null takes it. A client that has logged in may send anywhere; an address that is not known belongs to no network.</summary>
    public SmtpRefusal? Judge(IPAddress? client, SmtpAuthentication? login, MailPath recipient)
    {
        // RFC 5321 §4.5.1: mail to the postmaster is taken from any system.
        if (recipient.IsBarePostmaster)
            return options.Postmaster is null ? NoPostmaster : null;
        if (login is null && !IsOfRelayNetwork(client))
            return RelayingDenied;
        return recipient.RecipientDomain is null ? AddressLiteral : null;
    }

    /// <summary>Whether a client is trusted for its address.</summary>
    public bool IsOfRelayNetwork(IPAddress? client) => client is not null && Array.Exists(_networks, network => network.Contains(client));

    /// <summary>The recipient as it is queued: the bare postmaster has a domain from here on.</summary>
    public SmtpRecipient Route(SmtpRecipient recipient) =>
        recipient.Path.IsBarePostmaster && options.Postmaster is { } postmaster ? recipient with { Path = postmaster } : recipient;
}
