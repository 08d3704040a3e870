using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>What an attempt shows of the domain's own mail exchangers, gathered session by session: the best that was seen counts.</summary>
internal sealed class Learning
{
    private KnownTls _tls;
    private KnownRequireTls _requireTls;

    public bool Any => _tls != KnownTls.Unknown || _requireTls != KnownRequireTls.Unknown;

    /// <summary>Whether a host has shown that TLS cannot be required of it, and none that it can.</summary>
    public bool IsRequireTlsUnmet => _requireTls == KnownRequireTls.Unmet;

    public DomainKnowledge At(DateTimeOffset now) => new(now, _tls, _requireTls);

    /// <summary>A host was passed over before it was dialed.</summary>
    public void PassedOver(DeliveryFailure why)
    {
        if (why.Label == FailureTable.UnprovenName)
            See(KnownTls.Unknown, KnownRequireTls.Unmet);
    }

    /// <summary>A session came about.</summary>
    public void Opened(TlsSession? tls, RequireTlsSupport support)
    {
        var seen = tls is null ? KnownTls.None : tls.Verdict is PeerVerdict.Authenticated ? KnownTls.Authenticated : KnownTls.Encrypted;
        // A tolerant verifier tells what the strict one says, which is the one that REQUIRETLS would have.
        See(seen, seen == KnownTls.Authenticated && support == RequireTlsSupport.Announced ? KnownRequireTls.Met : KnownRequireTls.Unmet);
    }

    /// <summary>No session came about.</summary>
    public void Failed(SessionFailureKind kind)
    {
        if (kind is SessionFailureKind.StartTlsNotOffered or SessionFailureKind.StartTlsRefused or SessionFailureKind.TlsHandshake)
            See(KnownTls.None, KnownRequireTls.Unmet);
        else if (kind == SessionFailureKind.PeerRejected)
            See(KnownTls.Encrypted, KnownRequireTls.Unmet);
    }

    private void See(KnownTls tls, KnownRequireTls requireTls) =>
        (_tls, _requireTls) = (tls > _tls ? tls : _tls, requireTls > _requireTls ? requireTls : _requireTls);
}
