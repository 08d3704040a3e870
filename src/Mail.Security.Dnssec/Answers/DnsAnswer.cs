namespace Mail.Security.Dnssec;

/// <summary>The result of one lookup: records, their proven or reported absence, or a failure. A closed set of cases.</summary>
/// <typeparam name="T">What a record is read into.</typeparam>
public abstract record DnsAnswer<T>
{
    private protected DnsAnswer()
    {
    }

    /// <summary>How the answer was proven, or why it was not: from the trust anchor down to the records. Empty where the AD bit was believed instead (<see cref="DnssecMode"/>).</summary>
    public IReadOnlyList<DnssecLink> Chain { get; init; } = [];

    /// <summary>
    /// Why the answer is no more than insecure, where there is more to say than that its zone is not signed (RFC 8914 §4). Failures have an error of their own; of an answer that was
    /// refused here this tells what further servers said, where it was something else, each by its address. Null elsewhere.
    /// </summary>
    public ExtendedDnsError? Note { get; init; }

    /// <summary>There are records.</summary>
    /// <param name="Records">The records, never empty.</param>
    /// <param name="CanonicalName">The name that owns the records: the name asked for, or the last target of <paramref name="Aliases"/>.</param>
    /// <param name="Security">The least security among the records and every alias on the way to them.</param>
    /// <param name="Ttl">How long the answer may be kept from now on, the least time among the records and the aliases.</param>
    /// <param name="Aliases">The aliases followed, in order; empty when the name asked for owns the records.</param>
    public sealed record Found(IReadOnlyList<T> Records, DomainName CanonicalName, DnsSecurity Security, TimeSpan Ttl, IReadOnlyList<AliasHop> Aliases) : DnsAnswer<T>;

    /// <summary>There are no such records.</summary>
    /// <param name="Kind">Whether the name at the end of the aliases exists.</param>
    /// <param name="CanonicalName">The name without the records: the name asked for, or the last target of <paramref name="Aliases"/>.</param>
    /// <param name="Security">The least security among the denial and every alias on the way to it; an insecure absence proves nothing.</param>
    /// <param name="Ttl">How long the absence may be believed from now on (RFC 2308 §5); zero when the server did not say.</param>
    /// <param name="Aliases">The aliases followed, in order.</param>
    public sealed record Absent(DnsAbsence Kind, DomainName CanonicalName, DnsSecurity Security, TimeSpan Ttl, IReadOnlyList<AliasHop> Aliases) : DnsAnswer<T>;

    /// <summary>It is not known whether there are records. Never to be taken for an absence (RFC 7672 §2.1.1).</summary>
    /// <param name="Reason">What went wrong.</param>
    /// <param name="Error">The extended error the server gave (RFC 8914), when it gave one.</param>
    /// <param name="Detail">One line for people: the question, the server and what happened. No line ends.</param>
    public sealed record Failed(DnsFailure Reason, ExtendedDnsError? Error, string Detail) : DnsAnswer<T>;
}
