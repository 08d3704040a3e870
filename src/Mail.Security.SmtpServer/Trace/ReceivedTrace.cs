using System.Net;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What a Received field says of one hop (RFC 5321 §4.4).</summary>
public sealed record ReceivedTrace
{
    /// <summary>What the client called itself.</summary>
    public required string HelloName { get; init; }

    /// <summary>The client's address, from the connection; null when the transport has none.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>The client's verified host name; empty when it has none or was not looked up. Left out when equal to <see cref="HelloName"/>.</summary>
    public DomainName RemoteName { get; init; }

    /// <summary>This server's name.</summary>
    public required DomainName By { get; init; }

    /// <summary>The keyword of the WITH clause, from <see cref="SmtpSessionInfo.GetProtocol"/>. What is no such word is written as SMTP.</summary>
    public required string Protocol { get; init; }

    /// <summary>Adds the comment "(requiretls)" right after the protocol when it is <see cref="Mail.Security.TlsDemand.RequireTls"/>.</summary>
    public TlsDemand TlsDemand { get; init; }

    /// <summary>The TLS session: its version in a comment, its cipher suite in the "tls" clause (RFC 8314 §4.3); null in clear.</summary>
    public TlsSessionInfo? Tls { get; init; }

    /// <summary>The name of the message here: an atom of letters, digits, "-" and "_" only, else it is left out. Empty = none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The recipient, or null. Give it only when the message has exactly one, so that none learns of another (RFC 5321 §7.2).</summary>
    public MailPath? For { get; init; }

    /// <summary>The priority asked for, -9 to 9, or null: the PRIORITY clause (RFC 6710 §4.1). A number beyond is left out.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether the message was sent with SMTPUTF8; then domain names are written as U-labels (RFC 6531 §3.7.3).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>When the message arrived, with the offset it is to be written in.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The trace of a message of a session; FOR is given when there is exactly one recipient.</summary>
    /// <param name="session">The session.</param>
    /// <param name="envelope">The message's envelope.</param>
    /// <param name="by">This server's name.</param>
    /// <param name="id">The name of the message here, or empty.</param>
    /// <param name="date">When it arrived.</param>
    public static ReceivedTrace Create(SmtpSessionInfo session, SmtpEnvelope envelope, DomainName by, string id, DateTimeOffset date)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(envelope);
        return new()
        {
            HelloName = session.HelloName,
            RemoteAddress = session.RemoteAddress,
            RemoteName = session.RemoteName,
            By = by,
            Protocol = session.GetProtocol(envelope),
            TlsDemand = envelope.TlsDemand,
            Tls = session.Tls,
            Id = id,
            For = envelope.Recipients.Count == 1 ? envelope.Recipients[0].Path : null,
            Priority = envelope.RequestedPriority,
            SmtpUtf8 = envelope.SmtpUtf8,
            Date = date,
        };
    }
}
