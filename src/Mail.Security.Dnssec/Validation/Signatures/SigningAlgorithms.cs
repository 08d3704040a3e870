namespace Mail.Security.Dnssec;

/// <summary>The algorithms of keys and signatures, by their numbers (RFC 8624 §3.1).</summary>
internal static class SigningAlgorithms
{
    public const byte RsaSha1 = 5;
    public const byte RsaSha1Nsec3 = 7;
    public const byte RsaSha256 = 8;
    public const byte RsaSha512 = 10;
    public const byte EcdsaP256 = 13;
    public const byte EcdsaP384 = 14;
    public const byte Ed25519 = 15;
    public const byte Ed448 = 16;

    /// <summary>Whether signatures are checked; a zone with no other algorithm is insecure, not bogus (RFC 4035 §5.2).</summary>
    public static bool IsKnown(byte algorithm, Sha1Use sha1) => algorithm switch
    {
        RsaSha1 or RsaSha1Nsec3 => sha1 == Sha1Use.Validate && PublicKey.CanCheckSha1,
        RsaSha256 or RsaSha512 or EcdsaP256 or EcdsaP384 or Ed25519 or Ed448 => true,
        _ => false,
    };

    /// <summary>The mnemonic of the algorithm; its number where there is none here.</summary>
    public static string Name(byte algorithm) => algorithm switch
    {
        RsaSha1 => "RSASHA1",
        RsaSha1Nsec3 => "RSASHA1-NSEC3-SHA1",
        RsaSha256 => "RSASHA256",
        RsaSha512 => "RSASHA512",
        EcdsaP256 => "ECDSAP256SHA256",
        EcdsaP384 => "ECDSAP384SHA384",
        Ed25519 => "ED25519",
        Ed448 => "ED448",
        _ => $"algorithm {algorithm}",
    };
}
