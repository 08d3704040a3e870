using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Finds out what DANE demands of one server (RFC 7672 §2.2).</summary>
/// <remarks>Safe for use by many callers at once; it keeps nothing, caching is the resolver's.</remarks>
/// <param name="resolver">The source of answers and of their security.</param>
/// <param name="profile">Which certificate usages are honoured.</param>
public sealed class DaneResolver(IDnssecResolver resolver, DaneUsageProfile profile = DaneUsageProfile.Smtp)
{
    private readonly IDnssecResolver _resolver = resolver ?? throw new ArgumentNullException(nameof(resolver));

    /// <summary>Looks up the TLSA records of a server and decides.</summary>
    /// <param name="target">The server. Its addresses have been looked up and exist.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// <see cref="DaneDecision.NotApplicable"/>, <see cref="DaneDecision.Authenticate"/>, <see cref="DaneDecision.EncryptOnly"/>,
    /// or <see cref="DaneDecision.Defer"/> when any lookup failed, its security cannot be told, or all that could be used is over <see cref="DaneLimits"/>.
    /// </returns>
    public async ValueTask<DaneDecision> DecideAsync(DaneTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var isAlias = !target.ExpandedHost.IsEmpty && target.ExpandedHost != target.Host;
        switch (target.AddressSecurity)
        {
            case DnsSecurity.Secure when isAlias:
                // RFC 7672 §2.2.2, secure CNAME: the expanded name is preferred, the original follows.
                return await FindAsync(target, [target.ExpandedHost, target.Host], cancellationToken).ConfigureAwait(false);
            case DnsSecurity.Secure:
                return await FindAsync(target, [target.Host], cancellationToken).ConfigureAwait(false);
            case DnsSecurity.Insecure when isAlias:
                // RFC 7672 §2.1.3, §2.2.2, insecure CNAME: the alias itself may be in a signed zone, which only a question for it tells.
                return await IsAliasSecureAsync(target, cancellationToken).ConfigureAwait(false)
                    ?? await FindAsync(target, [target.Host], cancellationToken).ConfigureAwait(false);
            case DnsSecurity.Insecure:
                return new DaneDecision.NotApplicable(DaneInapplicability.InsecureAddress, $"the addresses of {target.Host} are insecure");
            default:
                return new DaneDecision.NotApplicable(DaneInapplicability.UnvalidatedAddress, $"nothing is known of the security of the addresses of {target.Host}");
        }
    }

    /// <summary>Null when the alias is secure, so that TLSA records may be looked for at its own name; else the decision.</summary>
    private async ValueTask<DaneDecision?> IsAliasSecureAsync(DaneTarget target, CancellationToken cancellationToken)
    {
        var answer = await _resolver.GetCnameAsync(target.Host, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            DnsAnswer<DomainName>.Found { Security: DnsSecurity.Secure } => null,
            DnsAnswer<DomainName>.Found { Security: DnsSecurity.Insecure } or DnsAnswer<DomainName>.Absent { Security: DnsSecurity.Insecure } =>
                new DaneDecision.NotApplicable(DaneInapplicability.InsecureAddress, $"{target.Host} is an insecure alias of {target.ExpandedHost}"),
            DnsAnswer<DomainName>.Failed failed => new DaneDecision.Defer(failed.Reason, failed.Error, target.Host, failed.Detail),
            // A signed zone that now denies the alias we just followed, or a trust that came and went: nothing to build on.
            _ => new DaneDecision.Defer(DnsFailure.Unspecified, null, target.Host, $"the security of the alias {target.Host} cannot be told"),
        };
    }

    private async ValueTask<DaneDecision> FindAsync(DaneTarget target, DomainName[] bases, CancellationToken cancellationToken)
    {
        DaneDecision.NotApplicable? insecure = null;
        foreach (var candidate in bases)
        {
            if (!TlsaRecordMaker.TryMakeOwnerName(candidate, target.Port, out var owner))
                continue;                                   // too long to have TLSA records
            var answer = await _resolver.GetTlsaAsync(owner, cancellationToken).ConfigureAwait(false);
            switch (answer)
            {
                case DnsAnswer<TlsaRecord>.Failed failed:
                    // RFC 7672 §2.1.2: never on to the next name after a failure, which may be an attacker's doing.
                    return new DaneDecision.Defer(failed.Reason, failed.Error, candidate, failed.Detail);
                case DnsAnswer<TlsaRecord>.Found { Security: DnsSecurity.Indeterminate } or DnsAnswer<TlsaRecord>.Absent { Security: DnsSecurity.Indeterminate }:
                    // RFC 7672 §2.1.1: after a secure address this is the loss of a trust we had, and is treated as an error.
                    return new DaneDecision.Defer(DnsFailure.Unspecified, null, candidate, $"the security of the TLSA answer for {candidate} cannot be told");
                case DnsAnswer<TlsaRecord>.Found { Security: DnsSecurity.Secure, Records.Count: > 0 } found:
                    return Decide(target, candidate, bases, found.Records);
                case DnsAnswer<TlsaRecord>.Found { Records.Count: > 0 }:
                    // RFC 7672 §2.2.3: insecure records count as none, for this name and the next.
                    insecure ??= new(DaneInapplicability.InsecureTlsa, $"the TLSA records of {candidate} are insecure");
                    break;
                default:
                    break;                                  // RFC 7672 §2.2.3: no records here, the next name is tried
            }
        }
        return insecure ?? new(DaneInapplicability.NoTlsaRecords, $"no TLSA records at {string.Join(" or ", bases)}");
    }

    private DaneDecision Decide(DaneTarget target, DomainName tlsaBase, DomainName[] bases, IReadOnlyList<TlsaRecord> records)
    {
        // RFC 7672 §3.2.2: the base first; then the other securely obtained name of the host, then the next hop's.
        var policy = DanePolicy.Create(tlsaBase, target.Port, records, bases.Concat(target.NextHopNames), profile);
        if (policy.IsUnknown)
            return new DaneDecision.Defer(DnsFailure.Unspecified, null, tlsaBase, $"no TLSA record at {policy.Owner} can be used, and some are more, larger or written otherwise than is looked at");
        return policy.Usable.Count > 0 ? new DaneDecision.Authenticate(policy) : new DaneDecision.EncryptOnly(policy);
    }
}
