using System.Buffers.Binary;

namespace Mail.Security.Testing;

/// <summary>Writes an answer as octets.</summary>
internal static class SignedAnswerWriter
{
    private const int LeastPayload = 512;
    private const int Response = 0x8080;            // QR, RA
    private const int Truncated = 0x0200;

    public static byte[] Write(DnsServerQuestion question, SignedDnsAnswer answer, DnsTransport transport)
    {
        if (!question.WantsDnssec)              // RFC 4035 §3.2.1
            answer = answer.Select(record => record.Type is DnsRecordType.Rrsig or DnsRecordType.Nsec or DnsRecordType.Nsec3 && record.Type != question.Type ? null : record);
        var whole = Write(question, answer, flags: 0);
        var most = transport == DnsTransport.Udp ? Math.Max(LeastPayload, question.EdnsPayload ?? LeastPayload) : ushort.MaxValue;
        return whole.Length <= most ? whole : Write(question, new SignedDnsAnswer(answer.Code, [], []), Truncated);
    }

    private static byte[] Write(DnsServerQuestion question, SignedDnsAnswer answer, int flags)
    {
        var message = new List<byte>();
        Word(message, question.Id);
        Word(message, Response | flags | (question.Message[2] << 8 & 0x0100) | (question.Message[3] & 0x10) | answer.Code);
        Word(message, 1);
        Word(message, answer.Answers.Count);
        Word(message, answer.Authority.Count);
        Word(message, question.EdnsPayload is null ? 0 : 1);
        message.AddRange(question.Section);
        foreach (var record in answer.Answers.Concat(answer.Authority))
        {
            var owner = ZoneName.Parse(record.Owner).Wire;
            if (record.IsShouted)
                SignedAnswerChanger.Shout(owner);
            message.AddRange(owner);
            Word(message, (int)record.Type);
            Word(message, 1);
            var ttl = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(ttl, (uint)record.Ttl.TotalSeconds);
            message.AddRange(ttl);
            Word(message, record.Data.Length);
            message.AddRange(record.Data.Span);
        }
        if (question.EdnsPayload is not null)       // OPT: the root, 1232 octets, DO as it came, no options
            message.AddRange([0, 0, 41, 4, 208, 0, 0, (byte)(question.WantsDnssec ? 0x80 : 0), 0, 0, 0]);
        return [.. message];
    }

    private static void Word(List<byte> message, int value) => message.AddRange((byte)(value >> 8), (byte)value);
}
