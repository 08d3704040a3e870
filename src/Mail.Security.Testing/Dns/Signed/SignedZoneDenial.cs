namespace Mail.Security.Testing;

/// <summary>By which records a test zone denies what is not there.</summary>
public enum SignedZoneDenial : byte
{
    /// <summary>NSEC (RFC 4034 §4).</summary>
    Nsec,

    /// <summary>NSEC3 (RFC 5155 §3).</summary>
    Nsec3,

    /// <summary>NSEC3 whose gaps may hold delegations without DS (RFC 5155 §6).</summary>
    Nsec3OptOut,
}
