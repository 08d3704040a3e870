namespace Mail.Security.Testing;

/// <summary>Writes an answer as octets.</summary>
internal static class SignedAnswerWriter
{
    private const int LeastPayload = 512;
    private const int Response = 0x8080;            // QR, RA
    private const int Truncated = 0x0200;

    public static byte[] Write(DnsServerQuestion question, SignedDnsAnswer answer, DnsTransport transport, DnsNameCompression compression = DnsNameCompression.Usual)
    {
        if (!question.WantsDnssec)              // RFC 4035 §3.2.1
            answer = answer.Select(record => record.Type is DnsRecordType.Rrsig or DnsRecordType.Nsec or DnsRecordType.Nsec3 && record.Type != question.Type ? null : record);
        var whole = Write(question, answer, flags: 0, compression);
        var most = transport == DnsTransport.Udp ? Math.Max(LeastPayload, question.EdnsPayload ?? LeastPayload) : ushort.MaxValue;
        return whole.Length <= most ? whole : Write(question, new SignedDnsAnswer(answer.Code, [], []), Truncated, compression);
    }

    private static byte[] Write(DnsServerQuestion question, SignedDnsAnswer answer, int flags, DnsNameCompression compression)
    {
        var message = new DnsMessageWriter(compression);
        message.Word(question.Id);
        message.Word(Response | flags | (question.Message[2] << 8 & 0x0100) | (question.Message[3] & 0x10) | answer.Code);
        message.Word(1);
        message.Word(answer.Answers.Count);
        message.Word(answer.Authority.Count);
        message.Word(question.EdnsPayload is null ? 0 : 1);
        message.Question(question.Section);
        foreach (var record in answer.Answers.Concat(answer.Authority))
        {
            var owner = ZoneName.Parse(record.Owner).Wire;
            if (record.IsShouted)
                SignedAnswerChanger.Shout(owner);
            message.Record(owner, record.Type, record.Ttl, record.Data.Span);
        }
        if (question.EdnsPayload is not null)       // OPT: the root, 1232 octets, DO as it came, no options
            message.Octets([0, 0, 41, 4, 208, 0, 0, (byte)(question.WantsDnssec ? 0x80 : 0), 0, 0, 0]);
        return message.ToArray();
    }
}
