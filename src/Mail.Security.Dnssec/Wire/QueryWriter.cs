using System.Buffers.Binary;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Writes the one kind of message we send: a recursive question with EDNS(0), DO and AD.</summary>
internal static class QueryWriter
{
    /// <summary>The UDP payload we take: fits every path without fragments.</summary>
    public const int UdpPayload = 1232;

    // RD, and AD to say that we understand it in the answer (RFC 6840 §5.7). Not CD: the server shall refuse bogus data.
    private const ushort AskValidated = 0x0120;

    // RD and CD (RFC 4035 §3.2.2, RFC 6840 §5.9): we judge by ourselves, and a server that judges otherwise must not stand between.
    private const ushort AskUnchecked = 0x0110;
    private const ushort ClassIn = 1;
    private const int OptLength = 11;
    private const uint DnssecOk = 0x8000;   // RFC 6891 §6.1.3: extended rcode 0, version 0, DO

    public static ushort IdOf(byte[] query) => BinaryPrimitives.ReadUInt16BigEndian(query);

    public static byte[] Write(Question question, ushort id, DnssecMode mode = DnssecMode.AdBit)
    {
        var name = WireName.Encode(question.Name);
        var message = new byte[DnsMessage.HeaderLength + name.Length + 4 + OptLength];
        var at = message.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(at, id);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], mode == DnssecMode.Validate ? AskUnchecked : AskValidated);
        BinaryPrimitives.WriteUInt16BigEndian(at[4..], 1);      // questions
        BinaryPrimitives.WriteUInt16BigEndian(at[10..], 1);     // additional records
        at = at[DnsMessage.HeaderLength..];
        name.CopyTo(at);
        at = at[name.Length..];
        BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], ClassIn);
        at = at[5..];                                           // and the owner of OPT, the root
        BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)ResourceRecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], UdpPayload);
        BinaryPrimitives.WriteUInt32BigEndian(at[4..], DnssecOk);
        return message;
    }
}
