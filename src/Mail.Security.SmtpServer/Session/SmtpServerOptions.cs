using System.Net;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What one SMTP listener offers and what it bears. One instance serves every session of the listener.</summary>
/// <remarks>Read when a session is constructed; changing it later affects new sessions only.</remarks>
public sealed class SmtpServerOptions
{
    /// <summary>The name in the greeting, in the reply to EHLO and in closing replies. Required.</summary>
    public DomainName HostName { get; set; }

    /// <summary>The largest message in bytes, announced as SIZE and enforced while the message streams. Default 50 MiB. 0 = no limit (RFC 1870 §3).</summary>
    public long MaxMessageSize { get; set; } = 50L * 1024 * 1024;

    /// <summary>
    /// What is done about a bare CR or a bare LF in a message. Default <see cref="BareLineEndPolicy.Refuse"/>: 550 5.5.2. Normalised, each becomes CRLF before
    /// anything reaches the sink, and <see cref="MaxMessageSize"/> holds for the message before and after that. In either case nothing but CRLF.CRLF ends
    /// a message. A message declared BODY=BINARYMIME is never touched (RFC 3030 §3).
    /// </summary>
    public BareLineEndPolicy BareLineEnds { get; set; }

    /// <summary>The most recipients of one message; further ones get 452 4.5.3. Announced as RCPTMAX, at most as 999999, for which there is room. Default 1000, at least 100 (RFC 5321 §4.5.3.1.8).</summary>
    public int MaxRecipients { get; set; } = 1000;

    /// <summary>
    /// The most MAIL commands of one session, taken or not; the next one closes it with 421 4.7.0. Announced as MAILMAX. Default 0: no limit.
    /// </summary>
    public int MaxTransactions { get; set; }

    /// <summary>
    /// The most recipient domains of one session, over all its messages; a recipient in another one gets 452 4.5.3. Announced as
    /// RCPTDOMAINMAX. Default 0: no limit.
    /// </summary>
    public int MaxRecipientDomains { get; set; }

    /// <summary>The longest command line in bytes, its CRLF included. Default 2048, at least 512 (RFC 5321 §4.5.3.1.4 and what extensions add).</summary>
    public int MaxCommandLine { get; set; } = 2048;

    /// <summary>How many commands a session may get wrong before it is closed with 421 4.7.0. Default 20.</summary>
    public int MaxErrors { get; set; } = 20;

    /// <summary>
    /// How many commands other than RCPT, DATA, BDAT with content and QUIT a session may send between two accepted messages before it is closed with
    /// 421 4.7.0. MAIL is among them, so that no session goes on for ever with messages that are all refused. Default 100.
    /// </summary>
    public int MaxIdleCommands { get; set; } = 100;

    /// <summary>The certificate and the rules for TLS; null offers none, and STARTTLS is then answered 502.</summary>
    public SmtpServerTls? Tls { get; set; }

    /// <summary>How clients log in; null, the default, offers no AUTH, which is then answered 502.</summary>
    public SmtpServerAuthentication? Authentication { get; set; }

    /// <summary>
    /// The built-in extensions that are offered beside those that always are (PIPELINING, SIZE, ENHANCEDSTATUSCODES, 8BITMIME, SMTPUTF8).
    /// Default: <see cref="SmtpServerFeatures.Chunking"/> and <see cref="SmtpServerFeatures.Limits"/>, which promise nothing of what becomes of a
    /// message later.
    /// </summary>
    public SmtpServerFeatures Features { get; set; } = SmtpServerFeatures.Chunking | SmtpServerFeatures.Limits;

    /// <summary>Extensions beyond the built-in ones, asked in this order.</summary>
    public IReadOnlyList<SmtpExtension> Extensions { get; set; } = [];

    /// <summary>
    /// Load balancers: every connection from these addresses must begin with a header of the PROXY protocol, version 1 or 2, and is closed
    /// without a word when it does not. Other sources speak for themselves. Default: none. List nobody but proxies, for what a header says is believed.
    /// A network holds addresses of its own family; an IPv4 address that a socket for both families tells mapped into IPv6 counts as IPv4.
    /// </summary>
    public IReadOnlyList<IPNetwork> ProxyProtocolSources { get; set; } = [];

    /// <summary>
    /// Mail proxies that may say by XCLIENT whose session they pass on; it is announced to them only. Behind a PROXY header it is the
    /// address told there that counts. Default: none. The right is the connection's and outlasts the command: list no proxy that hands its
    /// client's commands on unread, for that client could say XCLIENT too, and be whoever it likes.
    /// </summary>
    public IReadOnlyList<IPNetwork> XclientSources { get; set; } = [];

    /// <summary>Writes the sessions of chosen clients to the log; one serves every listener. Default null: none.</summary>
    public SmtpProtocolLog? ProtocolLog { get; set; }

    /// <summary>The limits on time.</summary>
    public SmtpServerTimeouts Timeouts { get; set; } = new();

    /// <summary>Throws unless every value is usable; the session's constructor calls it.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of the range its property documents.</exception>
    public void Validate()
    {
        if (HostName.IsEmpty)
        {
            throw new ArgumentException("HostName is required.", nameof(HostName));
        }
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMessageSize);
        if (!Enum.IsDefined(BareLineEnds))
        {
            throw new ArgumentException("BareLineEnds must be one of the named values.", nameof(BareLineEnds));
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecipients, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTransactions);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRecipientDomains);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommandLine, 512);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxErrors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIdleCommands, 1);
        if ((Features & (SmtpServerFeatures.BinaryMime | SmtpServerFeatures.Chunking)) == SmtpServerFeatures.BinaryMime)
        {
            throw new ArgumentException("BINARYMIME is nothing without CHUNKING (RFC 3030 §3).", nameof(Features));
        }
        ArgumentNullException.ThrowIfNull(Extensions);
        ArgumentNullException.ThrowIfNull(ProxyProtocolSources);
        ArgumentNullException.ThrowIfNull(XclientSources);
        ArgumentNullException.ThrowIfNull(Timeouts);
        Authentication?.Validate();
        if (Authentication is { Requirement: AuthenticationRequirement.Required } login && Tls is null && login.Factory.Offer(SessionState.ClearChannel).Count == 0)
        {
            throw new ArgumentException("A login is required, and without TLS no mechanism for it is offered.", nameof(Authentication));
        }
        Timeouts.Validate();
    }
}
