namespace Mail.Security.Dnssec;

/// <summary>What signatures by RSA with SHA-1 are worth (algorithms 5 and 7).</summary>
public enum Sha1Use : byte
{
    /// <summary>They are not checked: a zone that has no others is insecure.</summary>
    TreatAsInsecure,

    /// <summary>They are checked, as RFC 8624 §3.1 demands of validators.</summary>
    Validate,
}
