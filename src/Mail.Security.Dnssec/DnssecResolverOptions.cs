using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>Settings of <see cref="DnssecResolver"/>. Read once, by its constructor, which refuses values out of range.</summary>
public sealed class DnssecResolverOptions
{
    /// <summary>The servers to ask, in order; one that failed lately comes behind the others. Default: none, which means those of the system (<see cref="ResolvConfPath"/>). At most 16.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; set; } = [];

    /// <summary>
    /// The file that names the servers of the system: its first three <c>nameserver</c> lines and its <c>options</c>
    /// trust-ad, timeout and attempts. Default: /etc/resolv.conf. Where it is missing or names none, 127.0.0.1 is asked;
    /// on Windows, where there is no such file, the servers of the network interfaces.
    /// </summary>
    public string ResolvConfPath { get; set; } = "/etc/resolv.conf";

    /// <summary>Where the security of answers comes from. Default: <see cref="DnssecMode.Auto"/>, the AD bit on a trusted path and validation here on any other.</summary>
    public DnssecMode Mode { get; set; }

    /// <summary>Whether the AD bit is believed. Default: <see cref="AdTrust.Auto"/>.</summary>
    public AdTrust AdTrust { get; set; }

    /// <summary>Where chains of trust begin, for validation here. Default: the keys of the root, <see cref="Dnssec.TrustAnchors.Root"/>. Names above which there is none are <see cref="DnsSecurity.Indeterminate"/>. At least one, at most 1,000.</summary>
    public IReadOnlyList<TrustAnchor> TrustAnchors { get; set; } = Dnssec.TrustAnchors.Root;

    /// <summary>Where <see cref="TrustAnchors"/> come from, for people: such as the path of their file. Default: null, which means "built in" for the root's own keys and "from options" for others.</summary>
    public string? TrustAnchorSource { get; set; }

    /// <summary>Where what is known of the keys of <see cref="TrustAnchors"/> is kept while their zones change keys (<see cref="DnssecResolver.UpdateTrustAnchorsAsync"/>). Default: null, the anchors are those configured.</summary>
    public ITrustAnchorStore? TrustAnchorStore { get; set; }

    /// <summary>
    /// The names at and below which nothing is validated, where answers are validated here: everything there is <see cref="DnsSecurity.Insecure"/>, and <b>DANE never applies to it</b>. A name with a
    /// trust anchor nearer than these is validated all the same. For zones that a server inside serves unsigned below a signed one. Default: none. At most 1,000, each name once,
    /// none the root and none that of a trust anchor.
    /// </summary>
    public IReadOnlyList<NegativeTrustAnchor> NegativeTrustAnchors { get; set; } = [];

    /// <summary>The signed zone whose name servers <see cref="DnssecResolver.ProbeAsync"/> asks for where the AD bit is believed. Default: com; give a zone of your own where servers know a private tree only.</summary>
    public DomainName ProbeName { get; set; } = DomainName.Parse("com");

    /// <summary>By how much this clock and that of a signer may differ when the times of a signature are checked. Default: none. From zero to one day.</summary>
    public TimeSpan ClockSkew { get; set; }

    /// <summary>What signatures by RSA with SHA-1 are worth. Default: <see cref="Sha1Use.Validate"/> (RFC 8624 §3.1).</summary>
    public Sha1Use Sha1 { get; set; } = Sha1Use.Validate;

    /// <summary>How many additional times names may be hashed; denials of zones that ask for more are insecure (RFC 9276 §3.2). Default: 150. From 0 to 2,500.</summary>
    public int MaxNsec3Iterations { get; set; } = 150;

    /// <summary>How many signatures and digests of keys are checked for one answer of a server, those of the zones on the way to it included; beyond it is bogus, and nothing further is asked. What other servers say of these zones may cost the same again for each of them. Default: 200. From 10 to 10,000.</summary>
    public int MaxSignatureChecks { get; set; } = 200;

    /// <summary>
    /// How many hashes are computed for one answer, additional iterations counted each; beyond it is bogus. Default: null, which means 10,000, or what 40 names take at
    /// <see cref="MaxNsec3Iterations"/> where that is more. From 100 to 1,000,000, and no less than those 40 names take: a proof hashes a name and each name above it up to its zone, and names of addresses
    /// have 34 labels, so that less would make honest zones bogus which <see cref="MaxNsec3Iterations"/> allows.
    /// </summary>
    public int? MaxNsec3Hashes { get; set; }

    /// <summary>The number that <see cref="MaxNsec3Hashes"/> stands for.</summary>
    internal int Nsec3Hashes => MaxNsec3Hashes ?? Math.Max(10_000, LeastNsec3Hashes);

    private int LeastNsec3Hashes => 40 * (MaxNsec3Iterations + 1);

    /// <summary>How long one server may take over one question, and again over TCP when it truncates. Default: null, which means as resolv.conf says, else 5 seconds. From 10 ms to one minute.</summary>
    public TimeSpan? QueryTimeout { get; set; }

    /// <summary>How often a server that is silent, out of reach or unreadable is asked. Default: null, which means as resolv.conf says, else 2. From 1 to 5.</summary>
    public int? Attempts { get; set; }

    /// <summary>How long a lookup may take in all, aliases, attempts and servers included; then it is a <see cref="DnsFailure.Timeout"/>. Default: 30 seconds. From 10 ms to 5 minutes.</summary>
    public TimeSpan LookupTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many aliases in a row are followed. Default: 10. From 0 to 100.</summary>
    public int MaxAliases { get; set; } = 10;

    /// <summary>How many questions may be on their way at a time; more wait, within <see cref="LookupTimeout"/>. Default: 256. From 1 to 10,000.</summary>
    public int MaxConcurrentQueries { get; set; } = 256;

    /// <summary>How many answers are kept; the one not used for longest goes first. Default: 10,000. Zero turns the cache off; at most 1,000,000. An answer above 16 KiB is not kept.</summary>
    public int CacheEntries { get; set; } = 10_000;

    /// <summary>The longest time an answer is kept, whatever its TTL. Default: one day. From zero to a week.</summary>
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest time an absence is kept (RFC 2308 §5). Default: one hour. From zero to a day.</summary>
    public TimeSpan MaxNegativeTtl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a failure that a server reported is kept (RFC 2308 §7.1). Default: 5 seconds. From zero to 5 minutes. Silence, broken connections and answers to other questions are never kept.</summary>
    public TimeSpan FailureTtl { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a <see cref="DnsFailure.Bogus"/> is kept where the same was bogus before, within ten minutes (RFC 4035 §4.7). Default: 30 seconds. From zero to 5 minutes. The first
    /// time, which may be passing, it is kept for a second at most. What is refused for the keys of a zone is kept no longer than that finding is.
    /// Where the AD bit is believed the server has counted already: there every one is kept for this time.
    /// </summary>
    public TimeSpan BogusTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A copy the owner of this object cannot change any more, all values in range.</summary>
    internal DnssecResolverOptions CheckedCopy()
    {
        var copy = (DnssecResolverOptions)MemberwiseClone();
        Validate();
        copy.Servers = Copy(Servers);
        copy.TrustAnchors = [.. TrustAnchors];
        copy.NegativeTrustAnchors = [.. NegativeTrustAnchors];
        copy.TrustAnchorSource = TrustAnchorSource ?? (ReferenceEquals(TrustAnchors, Dnssec.TrustAnchors.Root) ? "built in" : "from options");
        return copy;
    }

    /// <summary>End points of our own: the caller's can be changed, and with them which server is asked after its path was judged.</summary>
    internal static IPEndPoint[] Copy(IReadOnlyList<IPEndPoint> servers) => [.. servers.Select(static server => new IPEndPoint(server.Address.IsIPv4MappedToIPv6 ? server.Address.MapToIPv4() : server.Address, server.Port))];

    private void Validate()
    {
        ArgumentNullException.ThrowIfNull(Servers);
        ArgumentException.ThrowIfNullOrEmpty(ResolvConfPath);
        if (Servers.Count > 16 || Servers.Any(server => server is null || server.Port == 0))
            throw new ArgumentException("At most 16 servers, each with a port.", nameof(Servers));
        ArgumentNullException.ThrowIfNull(TrustAnchors);
        Check(Mode <= DnssecMode.Validate, nameof(Mode));
        Check(AdTrust <= AdTrust.Distrust, nameof(AdTrust));
        Check(TrustAnchors.Count is >= 1 and <= 1000 && TrustAnchors.All(static anchor => anchor is not null), nameof(TrustAnchors));
        if (TrustAnchors.FirstOrDefault(anchor => !anchor.IsUsable(Sha1)) is { } odd)
            throw new ArgumentException($"Nothing can be checked by the trust anchor {odd}: its algorithm or its digest is none that is known here, or the digest is of another length.", nameof(TrustAnchors));
        ValidateExemptions();
        Check(!ProbeName.IsEmpty, nameof(ProbeName));
        Check(IsWithin(ClockSkew, TimeSpan.Zero, TimeSpan.FromDays(1)), nameof(ClockSkew));
        Check(Sha1 <= Sha1Use.Validate, nameof(Sha1));
        Check(MaxNsec3Iterations is >= 0 and <= 2500, nameof(MaxNsec3Iterations));
        Check(MaxSignatureChecks is >= 10 and <= 10_000, nameof(MaxSignatureChecks));
        Check(MaxNsec3Hashes is null or (>= 100 and <= 1_000_000), nameof(MaxNsec3Hashes));
        if (MaxNsec3Hashes < LeastNsec3Hashes)
            throw new ArgumentException($"{MaxNsec3Hashes} hashes are too few for names that may be hashed {MaxNsec3Iterations} additional times: zones that may do so would be bogus. Allow {LeastNsec3Hashes}, or fewer iterations.", nameof(MaxNsec3Hashes));
        Check(QueryTimeout is null || IsWithin(QueryTimeout.Value, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), nameof(QueryTimeout));
        Check(Attempts is null or (>= 1 and <= 5), nameof(Attempts));
        Check(IsWithin(LookupTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)), nameof(LookupTimeout));
        Check(MaxAliases is >= 0 and <= 100, nameof(MaxAliases));
        Check(MaxConcurrentQueries is >= 1 and <= 10_000, nameof(MaxConcurrentQueries));
        Check(CacheEntries is >= 0 and <= 1_000_000, nameof(CacheEntries));
        Check(IsWithin(MaxTtl, TimeSpan.Zero, TimeSpan.FromDays(7)), nameof(MaxTtl));
        Check(IsWithin(MaxNegativeTtl, TimeSpan.Zero, TimeSpan.FromDays(1)), nameof(MaxNegativeTtl));
        Check(IsWithin(FailureTtl, TimeSpan.Zero, TimeSpan.FromMinutes(5)), nameof(FailureTtl));
        Check(IsWithin(BogusTtl, TimeSpan.Zero, TimeSpan.FromMinutes(5)), nameof(BogusTtl));
    }

    private void ValidateExemptions()
    {
        ArgumentNullException.ThrowIfNull(NegativeTrustAnchors);
        Check(NegativeTrustAnchors.Count <= 1000 && NegativeTrustAnchors.All(static anchor => anchor is not null), nameof(NegativeTrustAnchors));
        if (NegativeTrustAnchors.Any(static anchor => anchor.Name.IsEmpty))
            throw new ArgumentException("A negative trust anchor has a name: without validation of any, there is DnssecMode.AdBit.", nameof(NegativeTrustAnchors));
        if (NegativeTrustAnchors.GroupBy(static anchor => anchor.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"There are several negative trust anchors for {twice.Key.Ascii}.", nameof(NegativeTrustAnchors));
        if (NegativeTrustAnchors.FirstOrDefault(anchor => TrustAnchors.Any(positive => positive.Zone == anchor.Name)) is { } both)
            throw new ArgumentException($"{both.Name.Ascii} has a trust anchor and a negative one: leave out one of them.", nameof(NegativeTrustAnchors));
    }

    private static bool IsWithin(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;

    private static void Check(bool isRight, string name)
    {
        if (!isRight)
            throw new ArgumentOutOfRangeException(name, "Out of the documented range.");
    }
}
