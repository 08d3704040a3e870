using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Verifies a TLS server by the TLSA records of a <see cref="DanePolicy"/> (RFC 6698, RFC 7671, RFC 7672 §3).</summary>
/// <remarks>
/// DANE-EE(3) matches the server's own certificate and ignores names, dates and purposes. DANE-TA(2) builds a path from
/// what the server sent, in any order, to the anchor the records name, and checks everything on it, names included.
/// PKIX-TA(0) and PKIX-EE(1) are used in <see cref="DaneUsageProfile.Generic"/> only. Nothing is ever downloaded and
/// revocation is not checked: a record that is withdrawn is how DANE revokes (RFC 7672 §4). How much of what a server
/// presents is looked at is in <see cref="DaneLimits"/>, so that a call ends soon whatever it is given.
/// A policy without a usable record verifies nothing: <see cref="Verify"/> then rejects, and a sender that was told
/// <see cref="DaneDecision.EncryptOnly"/> must use another verifier.
/// </remarks>
public sealed class DaneVerifier : PeerVerifier
{
    private const int MostKeyLetters = 1000;

    private readonly DanePolicy _policy;
    private readonly TlsaRecord[] _records;
    private readonly TlsaRecord[] _direct;
    private readonly TlsaRecord[] _anchors;
    private readonly TlsaRecord[] _pkixLeaves;
    private readonly TlsaRecord[] _pkixIssuers;
    private readonly PathAnchor[] _published;
    private readonly PeerVerdict.Authenticated?[] _directVerdicts;
    private readonly TimeProvider _time;
    private readonly PathCertificate[] _pkixRoots;

    /// <summary>Makes a verifier.</summary>
    /// <param name="policy">The records and names.</param>
    /// <param name="profile">Which usages are honoured; records of the policy that are unusable in this profile are left out.</param>
    /// <param name="time">The clock for certificate dates; null for the system's.</param>
    /// <param name="pkixRoots">The trusted roots for PKIX-TA(0) and PKIX-EE(1); null for none, so that such records match nothing. They are read here and not kept.</param>
    public DaneVerifier(
        DanePolicy policy, DaneUsageProfile profile = DaneUsageProfile.Smtp, TimeProvider? time = null, X509Certificate2Collection? pkixRoots = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _time = time ?? TimeProvider.System;
        JudgedRecord[] usable = [.. policy.UsableIn(profile)];
        // In a row what is compared with the same digest: then each certificate is hashed once for all of them.
        _records = [.. DigestAgility.Select(usable.Select(static one => one.Record)).OrderBy(static record => (record.Selector, record.Matching))];
        TlsaRecord[] Of(TlsaUsage usage) => Array.FindAll(_records, record => record.Usage == usage);
        (_direct, _anchors, _pkixLeaves, _pkixIssuers) = (Of(TlsaUsage.DaneEe), Of(TlsaUsage.DaneTa), Of(TlsaUsage.PkixEe), Of(TlsaUsage.PkixTa));
        _published = [.. usable.Select(static one => one.Anchor).OfType<PathAnchor>()];
        _directVerdicts = new PeerVerdict.Authenticated?[_direct.Length];
        _pkixRoots = _pkixLeaves.Length + _pkixIssuers.Length > 0 ? PathCertificate.ReadAll(pkixRoots ?? []) : [];
        PolicyKey = MakeKey();
    }

    /// <summary>Names the records in use, where they were found and, where they matter, the accepted names and the roots; many records by one digest of all.</summary>
    public override string PolicyKey { get; }

    /// <inheritdoc/>
    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        if (peer.Leaf is not { } leaf)
            return new PeerVerdict.Rejected(PeerRejection.NoCertificate, "the server presented no certificate");
        if (_records.Length == 0)
            return new PeerVerdict.Rejected(PeerRejection.NoTlsaMatch, $"no usable TLSA record at {_policy.Owner}");

        // RFC 7672 §3.1.1: the leaf matches or not; nothing else is looked at.
        if (TlsaMatch.IndexOf(_direct, leaf.RawDataMemory.Span) is >= 0 and var at)
            return _directVerdicts[at] ??= new PeerVerdict.Authenticated("dane-ee", Describe(_direct[at]));
        return VerifyPaths(peer.Presented);
    }

    private PeerVerdict VerifyPaths(IReadOnlyList<X509Certificate2> presented)
    {
        var best = new PathFault(PeerRejection.NoTlsaMatch, "");
        if (_direct.Length == _records.Length || PathCertificate.TryRead(presented[0].RawDataMemory, presented[0]) is not { } leaf)
            return Reject(best, presented[0], null);

        var certificates = PathCertificate.ReadPresented(leaf, presented);
        var budget = new PathBudget();
        var rules = new PathRules(_time.GetUtcNow().UtcDateTime, _policy.ReferenceNames, budget);
        foreach (var (path, record, method) in Candidates(certificates, budget))
        {
            if (!budget.TryPath())
                break;
            var fault = rules.Check(path, out var name);
            if (fault is null)
                return new PeerVerdict.Authenticated(method, $"{Describe(record)}, certificate name {name}");
            if (fault.IsNearerThan(best))
                best = fault;
        }
        return Reject(best, presented[0], budget);
    }

    /// <summary>Every path that ends where a record, or a root together with a record, allows it to end.</summary>
    private IEnumerable<(CertificatePath Path, TlsaRecord Record, string Method)> Candidates(PathCertificate[] presented, PathBudget budget)
    {
        foreach (var path in new PathSearch(presented, DaneAnchors.From(_anchors, _published, presented), budget).Find())
            yield return (path, path.Anchor.Record!, "dane-ta");

        if (_pkixRoots.Length == 0)
            yield break;
        // RFC 7671 §5.4: a longer path is tried when the shorter one does not hold the record's certificate.
        foreach (var path in new PathSearch(presented, [.. _pkixRoots.Select(static root => new PathAnchor(root, null, null))], budget).Find())
        {
            if (TlsaMatch.IndexOf(_pkixLeaves, path.Certificates[0].Der.Span) is >= 0 and var leaf)
                yield return (path, _pkixLeaves[leaf], "pkix-ee");
            else if (path.Certificates.Skip(1).Select(issuer => TlsaMatch.IndexOf(_pkixIssuers, issuer.Der.Span)).FirstOrDefault(static at => at >= 0, -1) is >= 0 and var at)
                yield return (path, _pkixIssuers[at], "pkix-ta");
        }
    }

    private PeerVerdict.Rejected Reject(PathFault fault, X509Certificate2 leaf, PathBudget? budget)
    {
        var records = ForeignText.Some(_records.Select(TlsaMatch.Abbreviate));
        var rest = budget is { IsSpent: true } ? "; not every path was looked at" : "";
        return fault.Reason == PeerRejection.NoTlsaMatch
            ? new(fault.Reason, $"no TLSA record at {_policy.Owner} matches: there is {records}, and the server has {Form(leaf)}, {Subject(leaf)}{rest}")
            : new(fault.Reason, $"{fault.Detail} (TLSA {records} at {_policy.Owner}){rest}");
    }

    // The record that would match, in the form of one that is there, so that the two can be compared at sight.
    private string Form(X509Certificate2 leaf)
    {
        var like = Array.Find(_records, static record => record.Usage == TlsaUsage.DaneEe && record.Matching != TlsaMatching.Full);
        try
        {
            return TlsaMatch.Abbreviate(TlsaRecordMaker.FromCertificate(leaf, TlsaUsage.DaneEe, like?.Selector ?? TlsaSelector.PublicKey, like?.Matching ?? TlsaMatching.Sha256));
        }
        catch (ArgumentException)
        {
            return "one that cannot be read";
        }
    }

    private static string Subject(X509Certificate2 leaf)
    {
        try
        {
            return leaf.Subject.Length > 0 ? ForeignText.OneLine(leaf.Subject) : "without a subject";
        }
        catch (CryptographicException)
        {
            return "with a subject that cannot be read";
        }
    }

    private string Describe(TlsaRecord record) => $"{TlsaMatch.Abbreviate(record)} at {_policy.Owner}";

    private string MakeKey()
    {
        // Full(0) data is replaced by its digest: the key stays short, and still tells any two records apart.
        var records = _records.Select(static record => record.Matching != TlsaMatching.Full ? record.ToString()
            : $"{(byte)record.Usage} {(byte)record.Selector} 0 sha256:{Convert.ToHexStringLower(SHA256.HashData(record.Data.Span))}");
        var roots = _pkixRoots.Select(static root => $"root {Convert.ToHexStringLower(SHA256.HashData(root.Der.Span))}");
        var parts = string.Join("; ", records.Concat(roots.Distinct()).Order(StringComparer.Ordinal));
        // Every connection that is kept has a key, and a zone may publish as many records as it likes.
        if (parts.Length > MostKeyLetters)
            parts = string.Create(CultureInfo.InvariantCulture, $"{_records.Length} records sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(parts)))}");
        // RFC 7672 §3.1.1: DANE-EE(3) looks at no name, so domains with the same exchanger are verified alike.
        var names = _direct.Length == _records.Length ? [] : _policy.ReferenceNames;
        return $"dane {_policy.Owner} [{string.Join(' ', names)}] {parts}";
    }
}
