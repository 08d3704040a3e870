using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Makes the TLSA records that a server's operator publishes.</summary>
/// <remarks>The defaults make <c>3 1 1</c> records, which survive a renewal of the certificate with the same key (RFC 7672 §3.1).</remarks>
public static class TlsaRecordMaker
{
    /// <summary>Makes the record of a certificate: the server's own for PKIX-EE(1) and DANE-EE(3), an issuer's for PKIX-TA(0) and DANE-TA(2).</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="usage">The certificate usage.</param>
    /// <param name="selector">Whether the record speaks of the whole certificate or of its public key. For DANE-TA(2) the certificate is advised (RFC 7671 §5.2.1).</param>
    /// <param name="matching">How the record is compared; Full(0) is discouraged (RFC 7671 §10.1.2).</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentException">The certificate is not well formed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The selector or matching type is unknown.</exception>
    public static TlsaRecord FromCertificate(
        X509Certificate2 certificate, TlsaUsage usage = TlsaUsage.DaneEe, TlsaSelector selector = TlsaSelector.PublicKey,
        TlsaMatching matching = TlsaMatching.Sha256)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)selector, (byte)TlsaSelector.PublicKey, nameof(selector));
        var content = certificate.RawDataMemory.Span;
        if (selector == TlsaSelector.PublicKey && !CertificateDer.TryGetPublicKeyInfo(content, out content))
            throw new ArgumentException("The certificate is not well formed.", nameof(certificate));
        return new(usage, selector, matching, Associate(content, matching));
    }

    /// <summary>Makes the record of a public key, before any certificate for it exists. The selector is SPKI(1).</summary>
    /// <param name="key">An RSA or ECDSA key, private or public; only its public half is read.</param>
    /// <param name="usage">The certificate usage.</param>
    /// <param name="matching">How the record is compared.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The matching type is unknown.</exception>
    public static TlsaRecord FromPublicKey(AsymmetricAlgorithm key, TlsaUsage usage = TlsaUsage.DaneEe, TlsaMatching matching = TlsaMatching.Sha256)
    {
        ArgumentNullException.ThrowIfNull(key);
        return FromPublicKeyInfo(key.ExportSubjectPublicKeyInfo(), usage, matching);
    }

    /// <summary>Makes the record of a public key, before any certificate for it exists. The selector is SPKI(1).</summary>
    /// <param name="subjectPublicKeyInfo">The key as DER SubjectPublicKeyInfo.</param>
    /// <param name="usage">The certificate usage.</param>
    /// <param name="matching">How the record is compared.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The matching type is unknown.</exception>
    public static TlsaRecord FromPublicKeyInfo(ReadOnlyMemory<byte> subjectPublicKeyInfo, TlsaUsage usage = TlsaUsage.DaneEe, TlsaMatching matching = TlsaMatching.Sha256) =>
        new(usage, TlsaSelector.PublicKey, matching, Associate(subjectPublicKeyInfo.Span, matching));

    /// <summary>Makes the record of what a PEM text holds: its first certificate, or, where there is none, its first key, private or public.</summary>
    /// <param name="pem">The text, as in a server's file. Of a private key only the public half is kept, and it is an RSA or ECDSA key; encrypted ones are refused.</param>
    /// <param name="usage">The certificate usage. Nothing of it looks for an issuer: give the issuer's certificate where the usage is PKIX-TA(0) or DANE-TA(2).</param>
    /// <param name="selector">Whether the record speaks of the whole certificate or of its public key; of a key Cert(0) cannot be made.</param>
    /// <param name="matching">How the record is compared.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentException">There is no certificate and no key, it cannot be read, or there is only a key where Cert(0) is asked for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The selector or matching type is unknown.</exception>
    public static TlsaRecord FromPem(ReadOnlySpan<char> pem, TlsaUsage usage = TlsaUsage.DaneEe, TlsaSelector selector = TlsaSelector.PublicKey, TlsaMatching matching = TlsaMatching.Sha256)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)selector, (byte)TlsaSelector.PublicKey, nameof(selector));
        var (certificate, key) = PemContent.Read(pem);
        if (certificate is null)
            return selector == TlsaSelector.PublicKey ? FromPublicKeyInfo(key, usage, matching) : throw new ArgumentException("A Cert(0) record is made of a certificate, and there is only a key.", nameof(pem));
        try
        {
            using var loaded = X509CertificateLoader.LoadCertificate(certificate);
            return FromCertificate(loaded, usage, selector, matching);
        }
        catch (CryptographicException exception)
        {
            throw new ArgumentException("The certificate is not well formed.", nameof(pem), exception);
        }
    }

    /// <summary>Gives the name that owns the TLSA records of a TCP service (RFC 6698 §3).</summary>
    /// <param name="host">The base name.</param>
    /// <param name="port">The TCP port.</param>
    /// <returns>Such as <c>_25._tcp.mx.example.com</c>.</returns>
    /// <exception cref="ArgumentException">The name is empty, or grows beyond 253 octets.</exception>
    public static DomainName OwnerName(DomainName host, ushort port = 25) =>
        host.IsEmpty ? throw new ArgumentException("There is no name.", nameof(host))
            : TryMakeOwnerName(host, port, out var owner) ? owner
            : throw new ArgumentException("The name is too long for a TLSA record.", nameof(host));

    internal static bool TryMakeOwnerName(DomainName host, ushort port, out DomainName owner)
    {
        const int MostOctets = 253;
        var labels = string.Create(CultureInfo.InvariantCulture, $"_{port}._tcp");
        var fits = labels.Length + 1 + host.Ascii.Length <= MostOctets;
        owner = fits ? host.Prepend(labels) : default;
        return fits;
    }

    private static byte[] Associate(ReadOnlySpan<byte> content, TlsaMatching matching) => matching switch
    {
        TlsaMatching.Full => content.ToArray(),
        TlsaMatching.Sha256 => SHA256.HashData(content),
        TlsaMatching.Sha512 => SHA512.HashData(content),
        _ => throw new ArgumentOutOfRangeException(nameof(matching), matching, "Unknown matching type."),
    };
}
