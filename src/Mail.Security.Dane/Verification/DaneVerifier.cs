using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>Verifies a TLS server by the TLSA records of a <see cref="DanePolicy"/> (RFC 6698, RFC 7671, RFC 7672 §3).</summary>
/// <remarks>
/// DANE-EE(3) matches the server's own certificate and ignores names, dates and purposes. DANE-TA(2) builds a path from
/// what the server sent, in any order, to the anchor the records name, and checks everything on it, names included.
/// PKIX-TA(0) and PKIX-EE(1) are used in <see cref="DaneUsageProfile.Generic"/> only. Nothing is ever downloaded and
/// revocation is not checked: a record that is withdrawn is how DANE revokes (RFC 7672 §4).
/// A policy without a usable record verifies nothing: <see cref="Verify"/> then rejects, and a sender that was told
/// <see cref="DaneDecision.EncryptOnly"/> must use another verifier.
/// </remarks>
public sealed class DaneVerifier : PeerVerifier
{
    private readonly DanePolicy _policy;
    private readonly TlsaRecord[] _records;
    private readonly TlsaRecord[] _direct;
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
        var usable = policy.Usable.Concat(policy.Unusable).Where(record => TlsaUsability.Judge(record, profile) == TlsaUnusability.None);
        _records = DigestAgility.Select(usable);
        _direct = Array.FindAll(_records, static record => record.Usage == TlsaUsage.DaneEe);
        _directVerdicts = new PeerVerdict.Authenticated?[_direct.Length];
        _pkixRoots = Array.Exists(_records, static record => record.Usage is TlsaUsage.PkixTa or TlsaUsage.PkixEe)
            ? PathCertificate.ReadAll(pkixRoots ?? []) : [];
        PolicyKey = MakeKey();
    }

    /// <summary>Names the records in use, where they were found and, where they matter, the accepted names and the roots.</summary>
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
        if (_direct.Length == _records.Length || !PathCertificate.TryRead(presented[0], out var leaf))
            return Reject(best, presented[0]);

        var certificates = PathCertificate.ReadPresented(leaf, presented);
        var rules = new PathRules(_time.GetUtcNow().UtcDateTime, _policy.ReferenceNames);
        foreach (var (path, record, method) in Candidates(certificates))
        {
            var fault = rules.Check(path, out var name);
            if (fault is null)
                return new PeerVerdict.Authenticated(method, $"{Describe(record)}, certificate name {name}");
            if (fault.IsNearerThan(best))
                best = fault;
        }
        return Reject(best, presented[0]);
    }

    /// <summary>Every path that ends where a record, or a root together with a record, allows it to end.</summary>
    private IEnumerable<(CertificatePath Path, TlsaRecord Record, string Method)> Candidates(PathCertificate[] presented)
    {
        foreach (var path in new PathSearch(presented, DaneAnchors.From(_records, presented)).Find())
            yield return (path, path.Anchor.Record!, "dane-ta");

        if (_pkixRoots.Length == 0)
            yield break;
        // RFC 7671 §5.4: a longer path is tried when the shorter one does not hold the record's certificate.
        foreach (var path in new PathSearch(presented, [.. _pkixRoots.Select(static root => new PathAnchor(root, null, null))]).Find())
        {
            foreach (var record in _records)
            {
                if (record.Usage == TlsaUsage.PkixEe && TlsaMatch.Matches(record, path.Certificates[0].Der.Span))
                    yield return (path, record, "pkix-ee");
                else if (record.Usage == TlsaUsage.PkixTa && path.Certificates.Skip(1).Any(issuer => TlsaMatch.Matches(record, issuer.Der.Span)))
                    yield return (path, record, "pkix-ta");
            }
        }
    }

    private PeerVerdict.Rejected Reject(PathFault fault, X509Certificate2 leaf)
    {
        var records = ForeignText.Some(_records.Select(TlsaMatch.Abbreviate));
        return fault.Reason == PeerRejection.NoTlsaMatch
            ? new(fault.Reason, $"no TLSA record at {_policy.Owner} matches: there is {records}, and the server has {Form(leaf)}, {Subject(leaf)}")
            : new(fault.Reason, $"{fault.Detail} (TLSA {records} at {_policy.Owner})");
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
        var parts = records.Concat(roots.Distinct()).Order(StringComparer.Ordinal);
        // RFC 7672 §3.1.1: DANE-EE(3) looks at no name, so domains with the same exchanger are verified alike.
        var names = _direct.Length == _records.Length ? [] : _policy.ReferenceNames;
        return $"dane {_policy.Owner} [{string.Join(' ', names)}] {string.Join("; ", parts)}";
    }
}
