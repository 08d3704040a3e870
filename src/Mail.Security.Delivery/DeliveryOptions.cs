using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>How mail is delivered. Copied when the planner and the agent are made: a later change reaches neither.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The name this host gives in EHLO (RFC 5321 §4.1.1.1). Must be set.</summary>
    public DomainName HelloName { get; set; }

    /// <summary>The TCP port of mail exchangers, also in the owner names of their TLSA records. Default 25, the only one MX delivery knows; another one is for laboratories.</summary>
    public int Port { get; set; } = 25;

    /// <summary>What DANE means for hosts whose names come from an insecure MX lookup. Default <see cref="InsecureMxPolicy.Opportunistic"/>.</summary>
    public InsecureMxPolicy InsecureMx { get; set; }

    /// <summary>Self-signed roots that are trusted besides those of the system where a certificate is verified by a chain; null for none. Not disposed of here.</summary>
    public X509Certificate2Collection? ExtraRoots { get; set; }

    /// <summary>How long each wait of a session may take. Default: those of RFC 5321 §4.5.3.2. Each is positive and at most a day.</summary>
    public SmtpTimeouts Timeouts { get; set; } = SmtpTimeouts.Default;

    /// <summary>Converts content for hosts that lack 8BITMIME or BINARYMIME; null, the default, refuses it for them. <c>Mail.Security.Queue</c> has one that understands MIME.</summary>
    public ContentConverter? Converter { get; set; }

    /// <summary>
    /// How long an attempt may look for a host that takes the message: lookups, connections, greetings and TLS of all hosts together.
    /// Then what is being opened is given up, nothing more is begun, and who is left waits for the next attempt; a transaction that has begun
    /// goes on. Default 1 hour: enough for ten hosts of six addresses, of which none answers. Positive, at most a day.
    /// </summary>
    /// <remarks>The waits of RFC 5321 §4.5.3.2 have limits of their own, but a domain of many hosts that drag each of them out would have days.</remarks>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long one transaction may take, from MAIL to the reply to the message. Then the connection is closed, and no other host is asked in
    /// this attempt: the message may have arrived. Default 1 hour, for slow servers and large messages. Positive, at most a day.
    /// </summary>
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The names under which other hosts know this one; none unless told. A host among them, and every host that is not preferred to it, is not
    /// dialed, so that mail for a domain of which this is a mail exchanger goes up or back, never round (RFC 5321 §5.1). To be set by a
    /// relay, not by an application that shares its machine with the mail exchanger.
    /// </summary>
    public IReadOnlyCollection<DomainName> OwnNames { get; set; } = [];

    /// <summary>
    /// How long a login at a submission server that failed is not tried again; it doubles with each further failure, up to 16 times as long. Messages wait for it
    /// (<see cref="AttemptReport.PostponedUntil"/>), so that they do not have the account locked. A login that was changed is tried at once. Default 1 minute. Not
    /// negative, at most a day; zero for no pause.
    /// </summary>
    public TimeSpan LoginPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long what attempts showed of a domain is believed by routes (<see cref="RouteRule.Known"/>). Default 1 day. Positive, at most 366 days.</summary>
    public TimeSpan KnowledgeLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The addresses under which other hosts know this one, such as that of a NAT before it; none unless told. A host that has one of them is treated as one of
    /// <see cref="OwnNames"/>. The addresses of interfaces need not be told: <see cref="Vetting"/> knows them, but what they prove is not final.
    /// </summary>
    public IReadOnlyCollection<IPAddress> OwnAddresses { get; set; } = [];

    /// <summary>
    /// Which addresses of mail exchangers are dialed. Default: those of the Internet at large that are not this host's own, because whoever owns a domain could
    /// send connections into the networks of this host. Null dials whatever there is. It does not hold for smarthosts and submission servers, which the operator names.
    /// </summary>
    public AddressVettingOptions? Vetting { get; set; } = AddressVettingOptions.Default;

    /// <summary>In which order the addresses of a host are dialed. Default: the families take turns, and a slow address does not hold up the next (RFC 8305 §5).</summary>
    public AddressWalkOptions AddressWalk { get; set; } = AddressWalkOptions.Default;

    /// <summary>How many hosts of a domain one attempt looks at. Default 10; at least 1. When there are more, what the others say is not final.</summary>
    public int MaxHosts { get; set; } = 10;

    /// <summary>How many addresses of one host an attempt dials, both families together (RFC 5321 §5.1 asks for two at least). Default 6; at least 1.</summary>
    public int MaxAddressesPerHost { get; set; } = 6;

    // What is used is what was checked.
    internal DeliveryOptions CheckedCopy()
    {
        var copy = (DeliveryOptions)MemberwiseClone();
        copy.Validate();
        copy.OwnNames = copy.OwnNames.ToHashSet();
        copy.OwnAddresses = copy.OwnAddresses.ToHashSet();
        copy.ExtraRoots = copy.ExtraRoots is null ? null : [.. copy.ExtraRoots];
        return copy;
    }

    private void Validate()
    {
        if (HelloName.IsEmpty)
            throw new ArgumentException("The name to say hello with must be set.", nameof(HelloName));
        if (Port is < 1 or > ushort.MaxValue)
            throw new ArgumentException("The port must be 1 to 65535.", nameof(Port));
        if (MaxHosts < 1)
            throw new ArgumentException("At least one host must be tried.", nameof(MaxHosts));
        if (MaxAddressesPerHost < 1)
            throw new ArgumentException("At least one address must be tried.", nameof(MaxAddressesPerHost));
        if (KnowledgeLifetime <= TimeSpan.Zero || KnowledgeLifetime > TimeSpan.FromDays(366))
            throw new ArgumentException("The lifetime of knowledge must be positive and at most 366 days.", nameof(KnowledgeLifetime));
        if (LoginPause < TimeSpan.Zero || LoginPause > TimeSpan.FromDays(1))
            throw new ArgumentException("The pause after a failed login must not be negative, and at most a day.", nameof(LoginPause));
        ArgumentNullException.ThrowIfNull(OwnNames);
        ArgumentNullException.ThrowIfNull(OwnAddresses);
        ArgumentNullException.ThrowIfNull(AddressWalk);
        AddressWalk.Sort([]);
        _ = Vetting is null ? null : new AddressVetting(Vetting);
        ArgumentNullException.ThrowIfNull(Timeouts);
        ThrowUnless(IsLimit(AttemptTimeout), nameof(AttemptTimeout));
        ThrowUnless(IsLimit(TransferTimeout), nameof(TransferTimeout));
        // A session refuses these too, but only when the connection stands.
        ThrowUnless(IsLimit(Timeouts.Greeting) && IsLimit(Timeouts.Command) && IsLimit(Timeouts.TlsHandshake) && IsLimit(Timeouts.Mail) && IsLimit(Timeouts.Recipient)
            && IsLimit(Timeouts.DataInitiation) && IsLimit(Timeouts.DataBlock) && IsLimit(Timeouts.DataTermination) && IsLimit(Timeouts.Quit) && IsLimit(Timeouts.Authentication), nameof(Timeouts));
    }

    private static bool IsLimit(TimeSpan limit) => limit > TimeSpan.Zero && limit <= TimeSpan.FromDays(1);

    private static void ThrowUnless(bool isLimit, string option)
    {
        if (!isLimit)
            throw new ArgumentException("A time limit must be positive and at most a day.", option);
    }
}
