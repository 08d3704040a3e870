using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Makes verifiers that share one clock and one set of roots.</summary>
internal sealed class VerifierFactory(X509Certificate2Collection? extraRoots, TimeProvider time)
{
    public PeerVerifier Dane(DanePolicy policy) => new DaneVerifier(policy, DaneUsageProfile.Smtp, time);

    public PeerVerifier WebPki(DomainName host) => new WebPkiVerifier(host, extraRoots, time);
}
