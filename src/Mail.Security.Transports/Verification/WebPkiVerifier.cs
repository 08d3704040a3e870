using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Transports;

/// <summary>Verifies a server by a chain to a trusted root and by its name: what MTA-STS asks of a mail host (RFC 8461 §4.2).</summary>
/// <remarks>
/// Names are compared with subjectAltName only (RFC 6125 §6.4), as A-labels; a wildcard is the whole left-most label. Revocation is
/// not checked and no missing certificate is fetched: both would tell third parties whom we write to, and wait for them.
/// </remarks>
public sealed class WebPkiVerifier : PeerVerifier
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly DomainName _host;
    private readonly X509Certificate2[] _extraRoots;
    private readonly TimeProvider _time;

    /// <summary>Makes a verifier for one host.</summary>
    /// <param name="host">The name the certificate must have.</param>
    /// <param name="extraRoots">Self-signed roots trusted beside those of the system; not disposed here. Null for none.</param>
    /// <param name="time">The clock by which certificates are valid; null takes the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="host"/> is the empty name.</exception>
    public WebPkiVerifier(DomainName host, X509Certificate2Collection? extraRoots = null, TimeProvider? time = null)
    {
        if (host.IsEmpty)
            throw new ArgumentException("A certificate is checked for a name.", nameof(host));
        (_host, _extraRoots, _time) = (host, extraRoots is null ? [] : [.. extraRoots], time ?? TimeProvider.System);
        PolicyKey = $"webpki {host.Ascii}{RootsKey(_extraRoots)}";
    }

    /// <summary>"webpki" and the name; with extra roots also a digest of them.</summary>
    public override string PolicyKey { get; }

    /// <inheritdoc/>
    /// <returns>
    /// <see cref="PeerVerdict.Authenticated"/> with the method "webpki" and the matching name; or <see cref="PeerVerdict.Rejected"/> with
    /// NoCertificate, Untrusted, Expired, NotYetValid, WrongPurpose or NameMismatch, the first of them that holds.
    /// </returns>
    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        if (peer.Leaf is not { } leaf)
            return new PeerVerdict.Rejected(PeerRejection.NoCertificate, "the server presented no certificate");
        var problem = CheckChain(peer, leaf, roots: []);
        if (problem is { Reason: PeerRejection.Untrusted } && _extraRoots.Length > 0)
            problem = CheckChain(peer, leaf, _extraRoots);
        if (problem is not null)
            return problem;
        return CertificateNames.Match(leaf, _host) is { } name
            ? new PeerVerdict.Authenticated("webpki", name)
            : new PeerVerdict.Rejected(PeerRejection.NameMismatch, $"the certificate does not name {_host.Ascii}");
    }

    private PeerVerdict.Rejected? CheckChain(in PeerCertificates peer, X509Certificate2 leaf, X509Certificate2[] roots)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        var now = _time.GetUtcNow();
        policy.VerificationTime = now.LocalDateTime;
        policy.ExtraStore.AddRange(peer.Presented.Skip(1).ToArray());
        if (roots.Length > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }
        try
        {
            return chain.Build(leaf) ? null : Explain(chain, now);
        }
        catch (CryptographicException exception)
        {
            return new PeerVerdict.Rejected(PeerRejection.Untrusted, exception.Message);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    // Trust comes first: of a stranger's certificate the dates say nothing.
    private static PeerVerdict.Rejected Explain(X509Chain chain, DateTimeOffset now)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var detail = string.Join("; ", chain.ChainStatus.Select(one => one.StatusInformation.Trim()).Distinct());
        var harmless = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested | X509ChainStatusFlags.NotValidForUsage | X509ChainStatusFlags.CtlNotTimeValid;
        if ((status & ~harmless) != 0)
            return new PeerVerdict.Rejected(PeerRejection.Untrusted, detail);
        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            var early = chain.ChainElements.Any(element => element.Certificate.NotBefore.ToUniversalTime() > now.UtcDateTime);
            return new PeerVerdict.Rejected(early ? PeerRejection.NotYetValid : PeerRejection.Expired, detail);
        }
        return new PeerVerdict.Rejected((status & X509ChainStatusFlags.NotValidForUsage) != 0 ? PeerRejection.WrongPurpose : PeerRejection.Untrusted, detail);
    }

    private static string RootsKey(X509Certificate2[] roots)
    {
        if (roots.Length == 0)
            return string.Empty;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var digest in roots.Select(root => root.GetCertHashString(HashAlgorithmName.SHA256)).Distinct().Order(StringComparer.Ordinal))
            hash.AppendData(Convert.FromHexString(digest));
        return $" roots {Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }
}
