namespace Mail.Security.Sasl;

/// <summary>What protects the channel on which an authentication runs.</summary>
public enum SaslProtection : byte
{
    /// <summary>Nothing: whoever is on the path reads along.</summary>
    None = 0,

    /// <summary>TLS with a peer that is not proven: whoever is on the path may be the peer.</summary>
    Encrypted,

    /// <summary>TLS with a peer that is proven to be the one meant. A server that ends TLS itself has this; it knows its own certificate.</summary>
    Verified,
}
