using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Pkix;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>Runs the path algorithm of RFC 5280 §6.1 over what lies below the anchor: policies, constraints and all.</summary>
internal static class PkixPath
{
    public static PathFault? Check(CertificatePath path, DateTime now)
    {
        var anchor = path.Anchor.Certificate;
        var below = path.Certificates.Take(path.Certificates.Count - (anchor is null ? 0 : 1)).ToList();
        if (below.Count == 0)
            return null;                                         // the leaf is the anchor
        var trusted = anchor is null ? new TrustAnchor(below[^1].Issuer, path.Anchor.Key!, null)
            : new TrustAnchor(anchor.Subject, anchor.SigningKey!, null);
        var parameters = new PkixParameters(new HashSet<TrustAnchor> { trusted }) { IsRevocationEnabled = false, Date = now };
        parameters.AddCertPathChecker(new PurposesAreCheckedElsewhere());
        try
        {
            new PkixCertPathValidator().Validate(new PkixCertPath([.. below.Select(static certificate => certificate.Parsed)]), parameters);
            return null;
        }
        catch (PkixCertPathValidatorException refusal)
        {
            return new(PeerRejection.Untrusted, $"the path is not valid: {ForeignText.OneLine(refusal.Message)}");
        }
    }

    /// <summary>Tells the validator that a critical extended key usage is understood; <see cref="PathPurposes"/> judges it.</summary>
    private sealed class PurposesAreCheckedElsewhere : PkixCertPathChecker
    {
        public override void Init(bool forward)
        {
        }

        public override bool IsForwardCheckingSupported() => true;

        public override ISet<string> GetSupportedExtensions() => new HashSet<string> { X509Extensions.ExtendedKeyUsage.Id };

        public override void Check(BouncyCertificate cert, ISet<string> unresolvedCritExts) => unresolvedCritExts.Remove(X509Extensions.ExtendedKeyUsage.Id);

        public override object Clone() => this;
    }
}
