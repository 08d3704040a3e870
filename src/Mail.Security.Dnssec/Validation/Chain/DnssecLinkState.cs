namespace Mail.Security.Dnssec;

/// <summary>The states of RFC 4035 §4.3, of one step of a chain.</summary>
public enum DnssecLinkState : byte
{
    /// <summary>Nothing is known: no trust anchor, or a lookup that failed.</summary>
    Indeterminate,

    /// <summary>Proven to be unsigned, or signed in a way that is not checked.</summary>
    Insecure,

    /// <summary>Proven.</summary>
    Secure,

    /// <summary>It should be proven, and is not.</summary>
    Bogus,
}
