using System.Diagnostics;

namespace Mail.Security.Delivery;

/// <summary>What the last attempt that came to a session showed of a domain's own mail exchangers. A hint: no protection rests on it.</summary>
/// <param name="Seen">When.</param>
/// <param name="Tls">The TLS; the best of several hosts.</param>
/// <param name="RequireTls">Whether a message that requires TLS can be handed over.</param>
public sealed record DomainKnowledge(DateTimeOffset Seen, KnownTls Tls, KnownRequireTls RequireTls)
{
    internal bool Has(DestinationTrait trait) => trait switch
    {
        DestinationTrait.NoTls => Tls == KnownTls.None,
        DestinationTrait.Tls => Tls >= KnownTls.Encrypted,
        DestinationTrait.NoAuthentication => Tls is KnownTls.None or KnownTls.Encrypted,
        DestinationTrait.Authentication => Tls == KnownTls.Authenticated,
        DestinationTrait.NoRequireTls => RequireTls == KnownRequireTls.Unmet,
        DestinationTrait.RequireTls => RequireTls == KnownRequireTls.Met,
        _ => throw new UnreachableException(),
    };
}
