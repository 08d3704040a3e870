using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>All records of one owner and type in one section, in canonical order (RFC 4034 §6.3), and the signatures that say they cover them.</summary>
internal sealed record RecordSet(CanonicalName Owner, ResourceRecordType Type, IReadOnlyList<byte[]> Data, uint Ttl, IReadOnlyList<SignatureData> Signatures)
{
    /// <summary>The labels of the owner as RFC 4034 §3.1.3 counts them: without the root and without a leading asterisk.</summary>
    public int SignedLabels => Owner.Labels - (Owner.IsWildcard ? 1 : 0);

    public override string ToString() => $"{Owner} {DnssecTypes.Name(Type)}";
}
