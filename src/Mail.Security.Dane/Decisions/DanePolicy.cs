using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>The secure TLSA records of one server and the names its certificate may have.</summary>
public sealed record DanePolicy
{
    private readonly DaneUsageProfile _profile;
    private readonly JudgedRecord[] _judged;
    private readonly Dictionary<TlsaRecord, TlsaUnusability> _reasons;

    private DanePolicy(DomainName tlsaBase, DomainName owner, IReadOnlyList<DomainName> names, DaneUsageProfile profile, JudgedRecord[] judged)
    {
        (TlsaBase, Owner, ReferenceNames, _profile, _judged) = (tlsaBase, owner, names, profile, judged);
        _reasons = judged.ToDictionary(static one => one.Record, static one => one.Reason);
        var sorted = judged.ToLookup(static one => one.Reason == TlsaUnusability.None, static one => one.Record);
        (Usable, Unusable) = ([.. sorted[true]], [.. sorted[false]]);
    }

    /// <summary>The name the records were found for: the server name to announce in the handshake (RFC 7672 §8.1).</summary>
    public DomainName TlsaBase { get; }

    /// <summary>The owner name asked for the records, such as <c>_25._tcp.mx.example.com</c>.</summary>
    public DomainName Owner { get; }

    /// <summary>The names a certificate may have where names are checked, without duplicates; the first is <see cref="TlsaBase"/> (RFC 7672 §3.2.2).</summary>
    public IReadOnlyList<DomainName> ReferenceNames { get; }

    /// <summary>The records that can be used (RFC 6698 §4.1), in the order of the answer, without duplicates.</summary>
    public IReadOnlyList<TlsaRecord> Usable { get; }

    /// <summary>The other records; <see cref="ReasonOf"/> says why.</summary>
    public IReadOnlyList<TlsaRecord> Unusable { get; }

    /// <summary>True when no record can be used and some were not looked at: then it is not known that there is nothing to verify a server by.</summary>
    internal bool IsUnknown => Usable.Count == 0 && Array.Exists(_judged, static one => one.Reason == TlsaUnusability.OverLimit);

    /// <summary>Sorts secure TLSA records into usable and unusable ones.</summary>
    /// <param name="tlsaBase">The name the records were found for.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="records">The records. The caller vouches that they were obtained securely.</param>
    /// <param name="moreNames">Further names a certificate may have, besides <paramref name="tlsaBase"/>; null for none.</param>
    /// <param name="profile">Which usages are honoured.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentException"><paramref name="tlsaBase"/> is empty, or too long for a TLSA record's owner name.</exception>
    public static DanePolicy Create(
        DomainName tlsaBase, ushort port, IEnumerable<TlsaRecord> records, IEnumerable<DomainName>? moreNames = null,
        DaneUsageProfile profile = DaneUsageProfile.Smtp)
    {
        ArgumentNullException.ThrowIfNull(records);
        var names = (moreNames ?? []).Prepend(tlsaBase).Where(static name => !name.IsEmpty).Distinct();
        return new(tlsaBase, TlsaRecordMaker.OwnerName(tlsaBase, port), [.. names], profile, TlsaUsability.JudgeAll(records.Distinct(), profile));
    }

    /// <summary>Tells why a record of this policy cannot be used.</summary>
    /// <param name="record">The record.</param>
    /// <returns><see cref="TlsaUnusability.None"/> for one of <see cref="Usable"/>, else the reason.</returns>
    /// <exception cref="ArgumentException">The record is none of this policy.</exception>
    public TlsaUnusability ReasonOf(TlsaRecord record) =>
        _reasons.TryGetValue(record, out var reason) ? reason : throw new ArgumentException("The record is none of this policy.", nameof(record));

    /// <summary>The records that can be used in a profile, as they were read.</summary>
    internal IEnumerable<JudgedRecord> UsableIn(DaneUsageProfile profile) =>
        (profile == _profile ? _judged : TlsaUsability.JudgeAll(_judged.Select(static one => one.Record), profile)).Where(static one => one.Reason == TlsaUnusability.None);
}
