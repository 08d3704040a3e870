namespace Mail.Security.Dnssec;

/// <summary>In which way the records asked for do not exist.</summary>
public enum DnsAbsence : byte
{
    /// <summary>The name exists, or may exist, but has no records of the type (RFC 2308 §2.2).</summary>
    NoData,

    /// <summary>The name does not exist, whatever the type: NXDOMAIN (RFC 2308 §2.1). After aliases, it is their last target that does not exist.</summary>
    NoName,
}
