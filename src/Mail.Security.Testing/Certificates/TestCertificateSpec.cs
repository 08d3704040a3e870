using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing;

/// <summary>What a test certificate says. Every property has a default that makes a good certificate; set only what the test is about.</summary>
public sealed record TestCertificateSpec
{
    /// <summary>The common name of the subject; null: the first of <see cref="DnsNames"/>, else a name of the authority's choice. Empty: no common name.</summary>
    public string? CommonName { get; init; }

    /// <summary>The DNS names of the subject alternative name extension, written as they are (so wildcards and faulty names can be made); empty: no such extension.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>The kind of key.</summary>
    public TestKeyType KeyType { get; init; }

    /// <summary>Start of validity; null: a day ago.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>End of validity; null: in 90 days for a leaf, in ten years for an authority.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The extended key usages as OIDs; null: TLS server for a leaf, no extension for an authority; empty: no extension.</summary>
    public IReadOnlyList<string>? ExtendedKeyUsages { get; init; }

    /// <summary>The key usages; null: digital signature for a leaf, certificate and CRL signing for an authority; <see cref="X509KeyUsageFlags.None"/>: no extension.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; }

    /// <summary>What the basic constraints extension says.</summary>
    public TestBasicConstraints BasicConstraints { get; init; }

    /// <summary>The greatest number of intermediates below an authority; null: no limit.</summary>
    public int? PathLength { get; init; }

    /// <summary>Name constraints of an authority: the DNS subtrees it may issue for; empty: any.</summary>
    public IReadOnlyList<string> PermittedDnsNames { get; init; } = [];

    /// <summary>Name constraints of an authority: the DNS subtrees it may not issue for.</summary>
    public IReadOnlyList<string> ExcludedDnsNames { get; init; } = [];

    /// <summary>Further extensions, added as they are: for what no property names.</summary>
    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];
}
