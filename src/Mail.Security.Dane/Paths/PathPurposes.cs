using Org.BouncyCastle.Asn1.X509;

namespace Mail.Security.Dane;

/// <summary>Checks that a path serves TLS servers: extended key usages all along it, key usage of the leaf.</summary>
internal static class PathPurposes
{
    // RFC 5280 §4.2.1.3: digitalSignature, keyEncipherment and keyAgreement are what TLS key exchanges need, one of them at least.
    private static readonly int[] TlsUsages = [0, 2, 4];

    public static PathFault? Check(CertificatePath path)
    {
        foreach (var certificate in path.Certificates)
        {
            // RFC 5280 §4.2.1.12. An issuer that has the extension limits what it issues for, as other implementations have it, too.
            if (certificate.Parsed.GetExtendedKeyUsage() is { } purposes
                && !purposes.Any(static purpose => purpose.Equals(KeyPurposeID.id_kp_serverAuth) || purpose.Equals(KeyPurposeID.AnyExtendedKeyUsage)))
                return new(PeerRejection.WrongPurpose, $"{certificate} is not meant for TLS servers");
        }
        var leaf = path.Certificates[0];
        return leaf.Parsed.GetKeyUsage() is { } usage && !Array.Exists(TlsUsages, usage.ElementAtOrDefault)
            ? new(PeerRejection.WrongPurpose, $"the key of {leaf} may not be used for TLS") : null;
    }
}
