using System.Buffers.Binary;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>A signature over a set of records (RFC 4034 §3).</summary>
internal sealed class SignatureData
{
    private const int HeadLength = 18;

    private SignatureData(byte[] head, CanonicalName signer, byte[] signature, uint ttl) => (Head, Signer, Signature, Ttl) = (head, signer, signature, ttl);

    /// <summary>The data before the signer's name, which is signed as it is.</summary>
    public byte[] Head { get; }

    public CanonicalName Signer { get; }

    public byte[] Signature { get; }

    /// <summary>The time to live of the signature's own record, in seconds.</summary>
    public uint Ttl { get; }

    public ResourceRecordType Covered => (ResourceRecordType)BinaryPrimitives.ReadUInt16BigEndian(Head);

    public byte Algorithm => Head[2];

    /// <summary>The labels of the owner where the records were signed, without a leading asterisk (RFC 4034 §3.1.3).</summary>
    public int Labels => Head[3];

    public uint OriginalTtl => BinaryPrimitives.ReadUInt32BigEndian(Head.AsSpan(4));

    public uint Expiration => BinaryPrimitives.ReadUInt32BigEndian(Head.AsSpan(8));

    public uint Inception => BinaryPrimitives.ReadUInt32BigEndian(Head.AsSpan(12));

    public ushort KeyTag => BinaryPrimitives.ReadUInt16BigEndian(Head.AsSpan(16));

    public static bool TryRead(DnsMessage message, RawRecord record, out SignatureData signature)
    {
        signature = null!;
        var wire = message.Wire.Span;
        var at = record.DataAt + HeadLength;
        if (record.DataLength <= HeadLength || !WireName.TryRead(wire, ref at, record.DataEnd, out var signer) || at == record.DataEnd)
            return false;
        signature = new([.. wire.Slice(record.DataAt, HeadLength)], CanonicalName.Of(signer), [.. wire[at..record.DataEnd]], record.Ttl);
        return true;
    }
}
