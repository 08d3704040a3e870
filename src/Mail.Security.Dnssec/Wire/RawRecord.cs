using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>One record of class IN as it stood in the message; the data is read when it is needed, signatures included.</summary>
/// <param name="Owner">The owner name, uncompressed, its case kept.</param>
/// <param name="Type">The type, known or not.</param>
/// <param name="Ttl">The time to live in seconds; zero when the top bit was set (RFC 2181 §8).</param>
/// <param name="DataAt">Where the data begins in the message: names in it may point back (RFC 1035 §4.1.4).</param>
/// <param name="DataLength">How many octets the data has.</param>
internal sealed record RawRecord(byte[] Owner, ResourceRecordType Type, uint Ttl, int DataAt, int DataLength)
{
    public int DataEnd => DataAt + DataLength;

    public ReadOnlySpan<byte> Data(DnsMessage message) => message.Wire.Span.Slice(DataAt, DataLength);

    public bool Is(ReadOnlySpan<byte> owner, ResourceRecordType type) => Type == type && WireName.AreEqual(Owner, owner);
}
