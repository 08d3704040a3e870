using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.MtaSts;

/// <summary>Verifies the certificate of a policy host (RFC 8461 §3.3): a DNS-ID for the host, a chain to a trusted root, in its time.</summary>
internal sealed class PolicyHostVerifier
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly DomainName host;
    private readonly X509Certificate2Collection? extraRoots;
    private readonly TimeProvider time;

    public PolicyHostVerifier(DomainName host, X509Certificate2Collection? extraRoots, TimeProvider time)
    {
        this.host = host;
        this.extraRoots = extraRoots;
        this.time = time;
        Options = new SslClientAuthenticationOptions
        {
            TargetHost = host.Ascii,
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
            CertificateChainPolicy = CreatePolicy(),
            RemoteCertificateValidationCallback = Verify,
        };
    }

    public SslClientAuthenticationOptions Options { get; }

    /// <summary>What was wrong with the certificate; null while nothing was.</summary>
    public string? Problem { get; private set; }

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // The framework's own verdict is left aside: it would also match the common name, and knows the system's roots only.
        Problem = certificate is not X509Certificate2 leaf ? "the policy host presented no certificate"
            : !leaf.MatchesHostname(host.Ascii, allowWildcards: true, allowCommonName: false) ? $"the certificate has no DNS name for {host}"
            : VerifyChain(leaf, chain?.ChainPolicy.ExtraStore);
        return Problem is null;
    }

    private string? VerifyChain(X509Certificate2 leaf, X509Certificate2Collection? presented)
    {
        var problem = Build(leaf, presented, roots: null);
        return problem is not null && extraRoots is { Count: > 0 } ? Build(leaf, presented, extraRoots) : problem;
    }

    private string? Build(X509Certificate2 leaf, X509Certificate2Collection? presented, X509Certificate2Collection? roots)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy() };
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented);
        if (roots is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        }
        try
        {
            return chain.Build(leaf) ? null : string.Join(", ", chain.ChainStatus.Select(static status => status.Status).Distinct());
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    // Revocation is optional (RFC 8461 §3.3); nothing is downloaded because a certificate asks for it.
    private X509ChainPolicy CreatePolicy() => new()
    {
        ApplicationPolicy = { new Oid(ServerAuthentication) },
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        VerificationTime = time.GetUtcNow().UtcDateTime,
    };
}
