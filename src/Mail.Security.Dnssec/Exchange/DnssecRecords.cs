using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Which records of DNSSEC a message has, by their types alone.</summary>
internal static class DnssecRecords
{
    public static bool Has(IReadOnlyList<RawRecord> section, ResourceRecordType type)
    {
        foreach (var record in section)
        {
            if (record.Type == type)
                return true;
        }
        return false;
    }

    public static bool HasSignatures(DnsMessage message) => Has(message.Answers, DnssecTypes.Rrsig) || Has(message.Authority, DnssecTypes.Rrsig);

    /// <summary>Whether there are records that deny something.</summary>
    public static bool HasDenial(DnsMessage message) => Has(message.Authority, DnssecTypes.Nsec) || Has(message.Authority, DnssecTypes.Nsec3);
}
