using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

/// <summary>A certificate authority that lives as long as a test: it makes roots, intermediates and leaves with keys generated on the spot.</summary>
/// <remarks>
/// Nothing is read from or written to a store or a file. The authority owns its own key and <see cref="Certificate"/>;
/// certificates it issues belong to the caller. Not for production: serial numbers are random, nothing is recorded.
/// </remarks>
public sealed class TestCertificateAuthority : IDisposable
{
    private static readonly TestCertificateSpec Usual = new();
    private readonly TimeProvider _time;
    private readonly TestSigningKey _key;

    private TestCertificateAuthority(X509Certificate2 certificate, TestSigningKey key, TestCertificateAuthority? issuer, TimeProvider time)
    {
        (Certificate, _key, _time) = (certificate, key, time);
        Chain = issuer is null ? [certificate] : [certificate, .. issuer.Chain];
    }

    /// <summary>The authority's certificate, without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The authority's certificate and those above it, the root last: what a server sends after its own certificate.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>Makes a self-signed root.</summary>
    /// <param name="spec">What its certificate says; null for the usual root.</param>
    /// <param name="time">The clock for default validity periods; null for the system's.</param>
    /// <returns>The root, owned by the caller.</returns>
    public static TestCertificateAuthority CreateRoot(TestCertificateSpec? spec = null, TimeProvider? time = null)
    {
        spec = Named(spec ?? Usual, "Test Root");
        time ??= TimeProvider.System;
        var key = TestSigningKey.Create(spec.KeyType);
        return new(TestCertificateBuilder.Build(spec, TestCertificateRole.Authority, key, issuer: null, key, time), key, issuer: null, time);
    }

    /// <summary>Makes a self-signed end-entity certificate, as many mail servers use.</summary>
    /// <param name="spec">What the certificate says.</param>
    /// <param name="time">The clock for default validity periods; null for the system's.</param>
    /// <returns>The certificate with its private key, owned by the caller.</returns>
    public static X509Certificate2 CreateSelfSigned(TestCertificateSpec spec, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var key = TestSigningKey.Create(spec.KeyType);
        using var bare = TestCertificateBuilder.Build(Named(spec, "Test Leaf"), TestCertificateRole.EndEntity, key, issuer: null, key, time ?? TimeProvider.System);
        return key.Attach(bare);
    }

    /// <summary>Makes an authority below this one.</summary>
    /// <param name="spec">What its certificate says; null for the usual intermediate.</param>
    /// <returns>The intermediate, owned by the caller.</returns>
    public TestCertificateAuthority CreateIntermediate(TestCertificateSpec? spec = null)
    {
        spec = Named(spec ?? Usual, "Test Intermediate");
        var key = TestSigningKey.Create(spec.KeyType);
        return new(TestCertificateBuilder.Build(spec, TestCertificateRole.Authority, key, Certificate, _key, _time), key, this, _time);
    }

    /// <summary>Issues an end-entity certificate.</summary>
    /// <param name="spec">What the certificate says.</param>
    /// <returns>The certificate with its private key, ready for a TLS server; owned by the caller.</returns>
    public X509Certificate2 Issue(TestCertificateSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var key = TestSigningKey.Create(spec.KeyType);
        using var bare = TestCertificateBuilder.Build(Named(spec, "Test Leaf"), TestCertificateRole.EndEntity, key, Certificate, _key, _time);
        return key.Attach(bare);
    }

    /// <summary>Issues an end-entity certificate for a TLS server with the given DNS names, the first of them also as the common name.</summary>
    /// <param name="dnsNames">The names.</param>
    /// <returns>The certificate with its private key, ready for a TLS server; owned by the caller.</returns>
    public X509Certificate2 Issue(params string[] dnsNames) => Issue(new TestCertificateSpec { DnsNames = dnsNames });

    /// <summary>Certifies the name and key of another authority: a second certificate for the same issuer, so that two paths exist.</summary>
    /// <param name="other">The authority to certify.</param>
    /// <param name="spec">What the certificate says besides name and key; null for the usual.</param>
    /// <returns>The certificate, without a private key; owned by the caller.</returns>
    public X509Certificate2 CrossSign(TestCertificateAuthority other, TestCertificateSpec? spec = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return TestCertificateBuilder.Build(spec ?? Usual, TestCertificateRole.Authority, other._key, Certificate, _key, _time, other.Certificate.SubjectName);
    }

    /// <summary>Disposes the authority's key and certificate; what it issued stays usable.</summary>
    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    // Two authorities of one test must not share a name: a path search could take one for the other.
    private static TestCertificateSpec Named(TestCertificateSpec spec, string kind) => spec.CommonName is not null ? spec
        : spec with { CommonName = spec.DnsNames.Count > 0 ? spec.DnsNames[0] : $"{kind} {Guid.NewGuid():N}" };
}
