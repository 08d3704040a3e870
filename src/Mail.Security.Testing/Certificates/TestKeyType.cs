namespace Mail.Security.Testing;

/// <summary>The kind of key a test certificate is made with; always generated at run time.</summary>
public enum TestKeyType : byte
{
    /// <summary>ECDSA on P-256, signing with SHA-256: fast, the usual choice.</summary>
    EcdsaP256 = 0,

    /// <summary>ECDSA on P-384, signing with SHA-384.</summary>
    EcdsaP384,

    /// <summary>RSA of 2048 bits, signing PKCS #1 v1.5 with SHA-256.</summary>
    Rsa2048,

    /// <summary>RSA of 1024 bits, signing PKCS #1 v1.5 with SHA-256: for tests of what must be refused.</summary>
    Rsa1024Weak,

    /// <summary>RSA of 2048 bits, signing PKCS #1 v1.5 with SHA-1: for tests of what must be refused.</summary>
    Rsa2048Sha1Weak,
}
