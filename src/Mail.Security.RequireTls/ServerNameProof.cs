namespace Mail.Security.RequireTls;

/// <summary>Why the name of the server can be believed to be that of the recipient's domain (RFC 8689 §2).</summary>
public enum ServerNameProof : byte
{
    /// <summary>It cannot: an unsigned MX record and no MTA-STS policy in force that names the host.</summary>
    None = 0,

    /// <summary>The MX record, and every alias on the way to it, was signed and validated by DNSSEC.</summary>
    Dnssec = 1,

    /// <summary>An MTA-STS policy in mode "enforce" of the recipient's domain names the host (RFC 8461 §4.1); "testing" proves nothing.</summary>
    MtaSts = 2,

    /// <summary>No MX lookup took place: the domain itself is the server, or an administrator configured it.</summary>
    NoMxLookup = 3,
}
