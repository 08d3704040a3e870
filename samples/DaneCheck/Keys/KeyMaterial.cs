using System.Security.Cryptography.X509Certificates;

namespace DaneCheck.Keys;

/// <summary>A server's certificate with those of its issuers, or a key that has no certificate yet.</summary>
/// <param name="File">The file it was read from.</param>
/// <param name="Certificates">The server's first; none for a bare key.</param>
/// <param name="PublicKey">The public key as SubjectPublicKeyInfo in DER; that of the first certificate where there is one.</param>
internal sealed record KeyMaterial(string File, IReadOnlyList<X509Certificate2> Certificates, ReadOnlyMemory<byte> PublicKey)
{
    /// <summary>What it is, for people.</summary>
    public string Name => Certificates.Count > 0 ? $"{File} ({(Certificates[0].Subject.Length > 0 ? Certificates[0].Subject : "a certificate without a subject")})" : $"{File} (a key)";
}
