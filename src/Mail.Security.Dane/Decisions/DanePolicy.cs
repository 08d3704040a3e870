using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>The secure TLSA records of one server and the names its certificate may have.</summary>
public sealed record DanePolicy
{
    private DanePolicy(DomainName tlsaBase, DomainName owner, IReadOnlyList<DomainName> names) =>
        (TlsaBase, Owner, ReferenceNames) = (tlsaBase, owner, names);

    /// <summary>The name the records were found for: the server name to announce in the handshake (RFC 7672 §8.1).</summary>
    public DomainName TlsaBase { get; }

    /// <summary>The owner name asked for the records, such as <c>_25._tcp.mx.example.com</c>.</summary>
    public DomainName Owner { get; }

    /// <summary>The names a certificate may have where names are checked, without duplicates; the first is <see cref="TlsaBase"/> (RFC 7672 §3.2.2).</summary>
    public IReadOnlyList<DomainName> ReferenceNames { get; }

    /// <summary>The records that can be used (RFC 6698 §4.1), in the order of the answer, without duplicates.</summary>
    public IReadOnlyList<TlsaRecord> Usable { get; private init; } = [];

    /// <summary>The other records; <see cref="TlsaUsability"/> says why.</summary>
    public IReadOnlyList<TlsaRecord> Unusable { get; private init; } = [];

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
        var sorted = records.Distinct().ToLookup(record => TlsaUsability.Judge(record, profile) == TlsaUnusability.None);
        var names = (moreNames ?? []).Prepend(tlsaBase).Where(static name => !name.IsEmpty).Distinct();
        return new(tlsaBase, TlsaRecordMaker.OwnerName(tlsaBase, port), [.. names]) { Usable = [.. sorted[true]], Unusable = [.. sorted[false]] };
    }
}
