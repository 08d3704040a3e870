namespace Mail.Security.Testing;

/// <summary>One record of an answer of <see cref="SignedDnsServer"/>.</summary>
/// <param name="Owner">The owner's name as text: no dot at the end, "." for the root, <c>\DDD</c> for an octet that is no visible letter.</param>
/// <param name="Type">The type.</param>
/// <param name="Ttl">The time to live, in whole seconds.</param>
/// <param name="Data">The record data, names in it uncompressed.</param>
public sealed record SignedDnsRecord(string Owner, DnsRecordType Type, TimeSpan Ttl, ReadOnlyMemory<byte> Data)
{
    private const int SignerAt = 18;

    /// <summary>The type a signature covers (RFC 4034 §3.1.1); <see cref="DnsRecordType.None"/> of other records.</summary>
    public DnsRecordType Covered => Type == DnsRecordType.Rrsig ? (DnsRecordType)(Data.Span[0] << 8 | Data.Span[1]) : DnsRecordType.None;

    internal ZoneName Signer => ZoneName.Read(Data.Span[SignerAt..]);

    internal int KeyTag => Data.Span[16] << 8 | Data.Span[17];

    internal int SignedLabels => Data.Span[3];

    /// <summary>The owner's name in upper case on the wire.</summary>
    internal bool IsShouted { get; init; }
}
