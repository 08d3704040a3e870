namespace Mail.Security.Dane;

/// <summary>Which certificate signatures prove anything (RFC 6698 §4.1 leaves weak algorithms to the client's policy).</summary>
internal static class SignatureStrength
{
    private static readonly string[] Digests = ["224", "256", "384", "512"];
    private static readonly string[] WithoutDigest = ["Ed25519", "Ed448"];

    /// <summary>True for the SHA-2 and SHA-3 families and EdDSA; false for MD2, MD5, SHA-1 and anything unknown.</summary>
    /// <param name="name">The name the library gives, such as "SHA-256withRSA".</param>
    public static bool IsAcceptable(string name) =>
        name.StartsWith("SHA", StringComparison.OrdinalIgnoreCase) && Array.Exists(Digests, digest => name.Contains(digest, StringComparison.Ordinal))
        || Array.Exists(WithoutDigest, one => name.Equals(one, StringComparison.OrdinalIgnoreCase));
}
