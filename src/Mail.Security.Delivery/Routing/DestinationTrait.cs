namespace Mail.Security.Delivery;

/// <summary>Something that earlier attempts showed of a domain's own mail exchangers. What is not known is neither the one nor the other.</summary>
public enum DestinationTrait : byte
{
    /// <summary>There is no TLS with them.</summary>
    NoTls = 0,

    /// <summary>There is TLS with them, whether they prove who they are or not.</summary>
    Tls,

    /// <summary>They do not prove who they are.</summary>
    NoAuthentication,

    /// <summary>They prove who they are, by DANE or by a certificate for their name.</summary>
    Authentication,

    /// <summary>A message that requires TLS cannot be handed over: no TLS, no proof of the hosts' names, or no REQUIRETLS (RFC 8689 §4.2.1).</summary>
    NoRequireTls,

    /// <summary>A message that requires TLS can be handed over.</summary>
    RequireTls,
}
