using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Where SMTP is spoken and with how many at a time. Read once, when the listener is made.</summary>
public sealed class SmtpListenerOptions
{
    /// <summary>The endpoints; at least one. One that cannot be opened keeps the host from starting.</summary>
    public IList<SmtpEndpoint> Endpoints { get; } = [];

    /// <summary>What sessions offer and bear on endpoints that say nothing else. Its <see cref="SmtpServerOptions.HostName"/> is required.</summary>
    public SmtpServerOptions Server { get; set; } = new();

    /// <summary>The most connections at a time over all endpoints; further ones are told 421 and closed. Default 1000, at least 1. Fewer are taken where the process may not open files enough for them (Linux: ulimit -n); the log says so.</summary>
    public int MaxConnections { get; set; } = 1000;

    /// <summary>
    /// The most connections at a time from one client: an IPv4 address (also one within 64:ff9b::/96, of NAT64), or an IPv6 prefix of <see cref="IPv6ClientPrefix"/> bits; further ones are told 421 and
    /// closed. Default 50, at least 1. Sources of the PROXY protocol and of XCLIENT are not counted as such, an XCLIENT source behind a load balancer neither: the client they tell of is.
    /// </summary>
    public int MaxConnectionsPerAddress { get; set; } = 50;

    /// <summary>
    /// The most connections at a time from one network (<see cref="IPv4NetworkPrefix"/>, <see cref="IPv6NetworkPrefix"/>); further ones are told 421 and
    /// closed. Default null: four times <see cref="MaxConnectionsPerAddress"/>. At least 1.
    /// </summary>
    public int? MaxConnectionsPerNetwork { get; set; }

    /// <summary>How many bits of an IPv6 address stand for one client, which has a whole network to connect from. Default 64; 1 to 128.</summary>
    public int IPv6ClientPrefix { get; set; } = 64;

    /// <summary>How many bits of an IPv4 address stand for a network. Default 24; 1 to 32.</summary>
    public int IPv4NetworkPrefix { get; set; } = 24;

    /// <summary>How many bits of an IPv6 address stand for a network. Default 48, what one site is mostly given; 1 to 128.</summary>
    public int IPv6NetworkPrefix { get; set; } = 48;

    /// <summary>
    /// The most connections that one client may begin within <see cref="ConnectionRateWindow"/>; further ones are told 421 and closed. Default 0: no limit.
    /// </summary>
    public int MaxConnectionRatePerAddress { get; set; }

    /// <summary>The time of <see cref="MaxConnectionRatePerAddress"/>, which slides as <see cref="FailedLoginWindow"/> does. Default 1 minute; 1 second to 1 day.</summary>
    public TimeSpan ConnectionRateWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many logins from one client's address (an IPv6 prefix of <see cref="IPv6ClientPrefix"/> bits) may fail within <see cref="FailedLoginWindow"/>, over all
    /// sessions and endpoints; then AUTH is answered 454 4.7.0 and nothing is asked of the store of accounts. Behind a trusted proxy it is the client it tells of that
    /// counts. Loopback is never counted, and a login that succeeds takes no failure back. Default 100; 0 for no limit.
    /// </summary>
    /// <remarks>
    /// <para>One name adds at most a tenth of this (at least 1) to its address and network, so that a device behind NAT that goes on with a former password shuts out none of its
    /// neighbours. The name itself may fail as often as the whole address; then it is answered 454 at this address, before it is looked up. A login that is broken off
    /// after its name was looked up has failed. Steps of logins that are being decided count until they are: a limit below the logins an address makes at once answers some of them 454.</para>
    /// <para>65,536 addresses, networks and names have a count of their own within a window; those beyond share 4,096 counts. Clients without an address share one.</para>
    /// </remarks>
    public int MaxFailedLoginsPerAddress { get; set; } = 100;

    /// <summary>
    /// The same for one network (<see cref="IPv4NetworkPrefix"/>, <see cref="IPv6NetworkPrefix"/>). Default null: four times <see cref="MaxFailedLoginsPerAddress"/>, so that it takes
    /// several clients to shut a network out, or forty names that go on failing; 0 for no limit.
    /// </summary>
    public int? MaxFailedLoginsPerNetwork { get; set; }

    /// <summary>The time of <see cref="MaxFailedLoginsPerAddress"/> and <see cref="MaxFailedLoginsPerNetwork"/>, which slides: what is older fades evenly, so that within some hour nearly twice a limit may get through. Default 1 hour; 1 minute to 7 days.</summary>
    public TimeSpan FailedLoginWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The mail that is held while it arrives: no connection is greeted (421) while it is nearly full. Default null: no such limit, except that
    /// <see cref="MailServiceCollectionExtensions.AddSmtpListener"/> puts in that of the application's <see cref="MailIntake"/>.
    /// </summary>
    public MailDataBudget? MailData { get; set; }

    /// <summary>On which thread sessions go on. Default <see cref="SessionScheduling.ThreadPool"/>; inline costs less and asks more of the handler.</summary>
    public SessionScheduling Scheduling { get; set; }

    /// <summary>Throws unless every value is usable; the listener's constructor calls it.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of the range its property documents; the message names the property.</exception>
    public void Validate()
    {
        if (Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem);
    }

    internal int EffectiveMaxPerNetwork => MaxConnectionsPerNetwork ?? (int)Math.Min(int.MaxValue, 4L * MaxConnectionsPerAddress);

    internal int EffectiveMaxFailedLoginsPerNetwork => MaxFailedLoginsPerNetwork ?? (int)Math.Min(int.MaxValue, 4L * MaxFailedLoginsPerAddress);

    internal SmtpServerOptions ServerOf(SmtpEndpoint endpoint) => endpoint.Server ?? Server;

    internal IEnumerable<string> Problems()
    {
        if (Endpoints.Count == 0)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(Endpoints)} is empty: name at least one address and port.";
        if (MaxConnections < 1)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnections)} must be at least 1, not {MaxConnections}.";
        if (MaxConnectionsPerAddress < 1)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnectionsPerAddress)} must be at least 1, not {MaxConnectionsPerAddress}.";
        foreach (var problem in LimitProblems().Concat(LoginProblems()))
            yield return problem;
        if (!Enum.IsDefined(Scheduling))
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(Scheduling)} must be one of the named values, not {Scheduling}.";
        foreach (var endpoint in Endpoints)
        {
            if (endpoint.TlsStart == TlsStart.Immediately && ServerOf(endpoint).Tls is null)
                yield return $"{nameof(SmtpListenerOptions)}.{nameof(Endpoints)}: {endpoint.Address} starts with TLS, and {nameof(SmtpServerOptions)}.{nameof(SmtpServerOptions.Tls)} has no certificate for it.";
        }
        foreach (var server in Endpoints.Select(ServerOf).Distinct())
        {
            if (Problem(server) is { } problem)
                yield return problem;
        }
    }

    private IEnumerable<string> LimitProblems()
    {
        if (MaxConnectionsPerNetwork is < 1)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnectionsPerNetwork)} must be at least 1, not {MaxConnectionsPerNetwork}.";
        if (IPv6ClientPrefix is < 1 or > 128)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(IPv6ClientPrefix)} must be 1 to 128, not {IPv6ClientPrefix}.";
        if (IPv4NetworkPrefix is < 1 or > 32)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(IPv4NetworkPrefix)} must be 1 to 32, not {IPv4NetworkPrefix}.";
        if (IPv6NetworkPrefix is < 1 or > 128)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(IPv6NetworkPrefix)} must be 1 to 128, not {IPv6NetworkPrefix}.";
        if (MaxConnectionRatePerAddress < 0)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnectionRatePerAddress)} must be 0 or more, not {MaxConnectionRatePerAddress}.";
        if (ConnectionRateWindow < TimeSpan.FromSeconds(1) || ConnectionRateWindow > TimeSpan.FromDays(1))
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(ConnectionRateWindow)} must be 1 second to 1 day, not {ConnectionRateWindow}.";
    }

    private IEnumerable<string> LoginProblems()
    {
        if (MaxFailedLoginsPerAddress < 0)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxFailedLoginsPerAddress)} must be 0 or more, not {MaxFailedLoginsPerAddress}.";
        if (MaxFailedLoginsPerNetwork is < 0)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxFailedLoginsPerNetwork)} must be 0 or more, not {MaxFailedLoginsPerNetwork}.";
        if (FailedLoginWindow < TimeSpan.FromMinutes(1) || FailedLoginWindow > TimeSpan.FromDays(7))
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(FailedLoginWindow)} must be 1 minute to 7 days, not {FailedLoginWindow}.";
    }

    private static string? Problem(SmtpServerOptions server)
    {
        try
        {
            server.Validate();
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"{nameof(SmtpListenerOptions)}.{nameof(Server)}: {exception.Message}";
        }
    }
}
