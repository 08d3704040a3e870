using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>The record types a validation reads, by their numbers (RFC 4034, RFC 5155, RFC 6672).</summary>
internal static class DnssecTypes
{
    public const ResourceRecordType Ns = (ResourceRecordType)2;
    public const ResourceRecordType Cname = (ResourceRecordType)5;
    public const ResourceRecordType Soa = (ResourceRecordType)6;
    public const ResourceRecordType Dname = (ResourceRecordType)39;
    public const ResourceRecordType Ds = (ResourceRecordType)43;
    public const ResourceRecordType Rrsig = (ResourceRecordType)46;
    public const ResourceRecordType Nsec = (ResourceRecordType)47;
    public const ResourceRecordType Dnskey = (ResourceRecordType)48;
    public const ResourceRecordType Nsec3 = (ResourceRecordType)50;

    /// <summary>The mnemonic; TYPE and the number where there is none here.</summary>
    public static string Name(ResourceRecordType type) => type == Dname ? "DNAME" : Enum.IsDefined(type) ? type.ToString() : $"TYPE{(ushort)type}";
}
