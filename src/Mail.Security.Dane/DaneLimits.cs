namespace Mail.Security.Dane;

/// <summary>How much of what a zone publishes and a server presents is looked at. Honest ones stay far below.</summary>
/// <remarks>
/// Each limit is checked before the work it bounds, so that neither a zone nor a server can hold a thread for long: both are strangers'. What is over a limit
/// never weakens a verdict. A record over it matches nothing, and where all that could be used is over it the server must wait (<see cref="DaneDecision.Defer"/>);
/// a certificate or a path over it proves nothing.
/// </remarks>
public static class DaneLimits
{
    /// <summary>TLSA records of one server that are compared; those that are unusable anyway do not count.</summary>
    public const int Records = 512;

    /// <summary>Records with a whole certificate or key in them that are read; RFC 7671 §10.1.2 discourages them.</summary>
    public const int RecordsInFull = 16;

    /// <summary>Octets of the data of a record with a whole certificate or key in it.</summary>
    public const int OctetsInFull = 16 * 1024;

    /// <summary>Bits of the modulus of an RSA key that may sign certificates, at most.</summary>
    public const int RsaBits = 8192;

    /// <summary>Bits of its public exponent: one as long as the modulus makes a signature a thousand times slower to check.</summary>
    public const int RsaExponentBits = 64;

    /// <summary>Certificates that a server may send besides its own; the rest is not read.</summary>
    public const int Certificates = 16;

    /// <summary>Octets of all certificates of a server together; those beyond are not read.</summary>
    public const int CertificateOctets = 128 * 1024;

    /// <summary>Certificates of one path, the server's own and that of the anchor included.</summary>
    public const int PathLength = 10;

    /// <summary>Paths to an anchor that are judged, for one handshake.</summary>
    public const int Paths = 16;

    /// <summary>Signatures that are checked, for one handshake. One that the platform's cryptography does not know counts ten times, or fifty times with an RSA key, of 4096 bits at most.</summary>
    public const int Signatures = 100;

    /// <summary>Extensions of one certificate.</summary>
    public const int Extensions = 100;

    /// <summary>Parts of a distinguished name.</summary>
    public const int NameParts = 64;

    /// <summary>Octets of a distinguished name, and of any other name that is compared with a name constraint.</summary>
    public const int NameOctets = 4096;

    /// <summary>Alternative names of a certificate, and likewise the subtrees of its name constraints, its policies, and its mappings of policies.</summary>
    public const int Names = 1000;

    /// <summary>Comparisons of a name with a name constraint, for one handshake.</summary>
    public const int NameComparisons = 250_000;
}
