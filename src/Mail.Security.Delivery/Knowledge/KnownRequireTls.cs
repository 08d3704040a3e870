namespace Mail.Security.Delivery;

/// <summary>Whether a message that requires TLS can be handed to a domain's own mail exchangers (RFC 8689 §4.2.1).</summary>
public enum KnownRequireTls : byte
{
    /// <summary>It is not known.</summary>
    Unknown = 0,

    /// <summary>It cannot: no TLS, no proof of the host or its name, or the keyword is not announced.</summary>
    Unmet,

    /// <summary>It can.</summary>
    Met,
}
