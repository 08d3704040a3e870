using Mail.Security.Dane;
using Mail.Security.MtaSts;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>What DANE, MTA-STS and the sender's demand together ask of the sessions with one host. Pure.</summary>
/// <param name="Dane">What DANE demands. A deferral keeps a host from being planned at all, unless the sender said "TLS-Required: No".</param>
/// <param name="MtaSts">The policy in force for the domain; null for none.</param>
/// <param name="Demand">What the sender demands.</param>
/// <param name="Local">What the operator demands; "TLS-Required: No" does not waive it.</param>
internal sealed record HostPolicy(DaneDecision Dane, MtaStsDecision.InForce? MtaSts, TlsDemand Demand, TlsFloor Local = TlsFloor.Opportunistic)
{
    private bool Enforced => MtaSts is { Policy.Mode: MtaStsMode.Enforce };

    /// <summary>The greatest of all claims; "TLS-Required: No" drops those of the recipient domain (RFC 8689 §4.2.2).</summary>
    public TlsFloor Floor => Demand == TlsDemand.TlsRequiredNo ? Local : Max(Local, DaneFloor, Enforced ? TlsFloor.Authenticate : TlsFloor.Opportunistic, DemandFloor);

    private TlsFloor DaneFloor => Dane switch
    {
        DaneDecision.Authenticate => TlsFloor.Authenticate,
        DaneDecision.EncryptOnly => TlsFloor.Encrypt,
        DaneDecision.NotApplicable => TlsFloor.Opportunistic,
        _ => TlsFloor.Authenticate,     // it cannot be known, and doubt is the greatest claim
    };

    // RFC 8689 §4.2.1: an authenticated session, by DANE or by a chain and the host's name.
    private TlsFloor DemandFloor => Demand == TlsDemand.RequireTls ? TlsFloor.Authenticate : TlsFloor.Opportunistic;

    /// <summary>The sessions to try at each address, in order.</summary>
    public IReadOnlyList<SessionPlan> Sessions(DomainName host, VerifierFactory verifiers)
    {
        // RFC 7672 §8.1: the TLSA base domain is announced; without DANE the host (RFC 8461 §7.1).
        var serverName = Dane switch
        {
            DaneDecision.Authenticate(var policy) => policy.TlsaBase,
            DaneDecision.EncryptOnly(var policy) => policy.TlsaBase,
            _ => host,
        };
        return Floor switch
        {
            TlsFloor.Authenticate => [new(TlsUse.StartTls, serverName, Strict(host, verifiers))],
            TlsFloor.Encrypt => [new(TlsUse.StartTls, serverName, new TolerantVerifier(verifiers.WebPki(host)))],
            _ => [new(TlsUse.StartTls, serverName, new TolerantVerifier(Strict(host, verifiers))), new(TlsUse.None, default, null)],
        };
    }

    // RFC 8461 §2: MTA-STS never takes the place of DANE; where both are in force both must hold.
    private PeerVerifier Strict(DomainName host, VerifierFactory verifiers) => Dane is DaneDecision.Authenticate(var policy)
        ? Enforced ? new AllVerifier(verifiers.Dane(policy), verifiers.WebPki(host)) : verifiers.Dane(policy)
        : verifiers.WebPki(host);

    private static TlsFloor Max(params ReadOnlySpan<TlsFloor> claims)
    {
        var greatest = TlsFloor.Opportunistic;
        foreach (var claim in claims)
            greatest = claim > greatest ? claim : greatest;
        return greatest;
    }
}
