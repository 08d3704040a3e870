using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What is known of one session: given by the listener at its start, completed by the session as it goes on.</summary>
/// <remarks>Handlers read it during their calls, which never overlap; it is not for other threads.</remarks>
public sealed class SmtpSessionInfo
{
    /// <summary>Describes a connection. The end points may be null for a transport that has none.</summary>
    public SmtpSessionInfo(EndPoint? remoteEndPoint, EndPoint? localEndPoint, TlsStart tlsStart = TlsStart.OnRequest)
    {
        RemoteEndPoint = remoteEndPoint;
        LocalEndPoint = localEndPoint;
        TlsStart = tlsStart;
    }

    /// <summary>A random name for logs and the Received field: 16 hexadecimal digits.</summary>
    public string Id { get; init; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The listener's say when a trusted proxy tells whose session it is; null takes every client. Default null.</summary>
    public SmtpAdmission? Admission { get; init; }

    /// <summary>The client's end of the connection; as a trusted proxy tells it where <see cref="ProxyEndPoint"/> is not null, and null when it does not.</summary>
    public EndPoint? RemoteEndPoint { get; internal set; }

    /// <summary>The server's end of the connection, or what the client reached when a trusted proxy tells.</summary>
    public EndPoint? LocalEndPoint { get; internal set; }

    /// <summary>The end of the connection that is a trusted proxy, which told by a PROXY header or XCLIENT whose session it passes on; null without one.</summary>
    public EndPoint? ProxyEndPoint { get; internal set; }

    /// <summary>Who told <see cref="RemoteEndPoint"/>'s address.</summary>
    public SmtpClientSource ClientSource { get; internal set; }

    /// <summary>The client's host name as a trusted proxy verified it (NAME of XCLIENT); empty when none told.</summary>
    public DomainName RemoteName { get; internal set; }

    /// <summary>Who the client has proven to be, by AUTH or at a trusted proxy (<see cref="Login"/>); null when it did not log in. STARTTLS and XCLIENT forget an earlier login.</summary>
    public SmtpAuthentication? Authentication
    {
        get;
        internal set
        {
            field = value;
            Mailbox = value is not null && MailPath.TryParse(value.AuthorizationIdentity, out var mailbox) ? mailbox : null;
        }
    }

    /// <summary>The mailbox that the identity the client acts as is; null when it is none or the client did not log in.</summary>
    internal MailPath? Mailbox { get; private set; }

    /// <summary>The name with which the client logged in at a trusted proxy (LOGIN of XCLIENT); null when none told, and again after STARTTLS. Printable ASCII.</summary>
    public string? Login { get; internal set; }

    /// <summary>When the TLS handshake comes.</summary>
    public TlsStart TlsStart { get; }

    /// <summary>The address of <see cref="RemoteEndPoint"/>, an IPv4 address mapped into IPv6 unmapped; null when it has none.</summary>
    public IPAddress? RemoteAddress => AddressOf(RemoteEndPoint);

    /// <summary>The address of <see cref="LocalEndPoint"/>, likewise.</summary>
    public IPAddress? LocalAddress => AddressOf(LocalEndPoint);

    /// <summary>What the client called itself in EHLO or HELO; empty before, and again after STARTTLS. Printable ASCII without spaces, brackets of comments or quotes, at most 255 characters; never verified.</summary>
    public string HelloName { get; internal set; } = "";

    /// <summary>How the client greeted.</summary>
    public SmtpHello Hello { get; internal set; }

    /// <summary>The TLS session, or null in clear.</summary>
    public TlsSessionInfo? Tls { get; internal set; }

    /// <summary>The security of the channel, as extensions see it: <see cref="ChannelSecurity.Encrypted"/> under TLS (client certificates are not asked for).</summary>
    public SmtpChannel Channel => new(Tls is null ? ChannelSecurity.Clear : ChannelSecurity.Encrypted);

    /// <summary>How many messages this session has had accepted.</summary>
    public int AcceptedMessages { get; internal set; }

    /// <summary>A place for what a handler wants to remember of this session.</summary>
    public object? HandlerState { get; set; }

    /// <summary>
    /// The keyword for the WITH clause of a Received field: SMTP or ESMTP, UTF8SMTP for mail with SMTPUTF8 (RFC 6531 §4.3), with an S under TLS and
    /// an A for a client that has logged in (RFC 3848 §1, RFC 4954 §7).
    /// </summary>
    public string GetProtocol(SmtpEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        if (Hello != SmtpHello.Ehlo)
            return "SMTP";    // the registry has no word for HELO over TLS; the TLS comment of the field still tells
        return (envelope.SmtpUtf8, Tls is not null, Authentication is not null) switch
        {
            (true, true, true) => "UTF8SMTPSA",
            (true, true, false) => "UTF8SMTPS",
            (true, false, true) => "UTF8SMTPA",
            (true, false, false) => "UTF8SMTP",
            (false, true, true) => "ESMTPSA",
            (false, true, false) => "ESMTPS",
            (false, false, true) => "ESMTPA",
            (false, false, false) => "ESMTP",
        };
    }

    /// <summary>The id and the client's address, for a log line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {RemoteEndPoint}");

    private static IPAddress? AddressOf(EndPoint? end) =>
        end is not IPEndPoint { Address: var address } ? null : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
