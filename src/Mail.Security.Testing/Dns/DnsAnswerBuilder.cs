using System.Buffers.Binary;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>Makes answers of the test server from its data, and departures from them.</summary>
internal sealed class DnsAnswerBuilder(ZoneTable table, TimeSpan ttl, TimeSpan negativeTtl, DnsAliasAnswers aliases, DnsNameCompression compression)
{
    private const int MaxAliases = 16;
    private const int LeastPayload = 512;       // RFC 6891 §6.2.3: smaller values count as this

    public DnsServerAnswer Build(DnsServerQuestion question, DnsTransport transport)
    {
        var known = table.Resolve(question.Name, question.Type, MaxAliases);
        var answer = aliases == DnsAliasAnswers.OneAtATime && known.Aliases.Length > 0
            ? new DnsServerAnswer(question) { Security = known.Aliases[0].Security, Records = Lines(known.Aliases[0]) }
            : Whole(question, known);
        answer = answer with { Compression = compression };
        var payload = Math.Max(LeastPayload, question.EdnsPayload ?? LeastPayload);
        return transport == DnsTransport.Udp && answer.Write().Length > payload ? answer with { Cut = DnsServerCut.Empty } : answer;
    }

    public static DnsServerAnswer Depart(DnsServerAnswer answer, DnsServerFault fault, DnsTransport transport) => fault switch
    {
        DnsServerFault.ResponseCode(var code, var errors) => new DnsServerAnswer(answer.Question) { Code = code, Errors = errors },
        DnsServerFault.WrongName => Otherwise(answer, section => [7, .. "another"u8, .. section]),
        DnsServerFault.WrongType => Otherwise(answer, section => [.. section[..^3], (byte)(section[^3] ^ 0x40), .. section[^2..]]),
        DnsServerFault.WrongClass => Otherwise(answer, section => [.. section[..^1], 3]),
        DnsServerFault.WrongId => answer with { Question = answer.Question with { Id = (ushort)(answer.Question.Id ^ 0xFFFF) } },
        DnsServerFault.TruncatedAlways => answer with { Cut = DnsServerCut.Empty },
        DnsServerFault.TruncatedOverUdp when transport == DnsTransport.Udp => answer with { Cut = DnsServerCut.Empty },
        _ => answer,
    };

    /// <summary>Keeps header and question, promises one record, and puts octets there that are none.</summary>
    public static byte[] Garble(byte[] answer)
    {
        var question = DnsServerQuestion.Read([.. answer[..2], 1, 0, .. answer[4..]])!.Section;
        byte[] garbled = [.. answer[..DnsWire.HeaderLength], .. question, .. Enumerable.Repeat((byte)0xBF, 40)];
        BinaryPrimitives.WriteUInt16BigEndian(garbled.AsSpan(6), 1);
        garbled.AsSpan(8, 4).Clear();
        return garbled;
    }

    private DnsServerAnswer Whole(DnsServerQuestion question, ZoneAnswer known)
    {
        var chain = known.Aliases.SelectMany(Lines);
        if (known.Records is { } set)
            return new DnsServerAnswer(question) { Security = known.Security, Records = [.. chain, .. Lines(set)] };
        return new DnsServerAnswer(question)
        {
            Security = known.Security,
            Code = known.Chain == ZoneChain.Complete && known.Absence == DnsAbsence.NoName ? 3 : 0,
            Records = [.. chain],
            Authority = known.Chain == ZoneChain.Complete ? [Denial(known.End)] : [],
        };
    }

    private List<(DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data)> Lines(ZoneSet set) =>
        [.. set.Records.Select(record => (set.Owner, set.Type, ttl, record.Data))];

    // RFC 1035 §3.3.13: two names and five numbers, the last the time of denials.
    private (DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data) Denial(DomainName name)
    {
        var data = new byte[2 + 20];        // both names are the root
        data[5] = 1;                        // serial
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(18), (uint)negativeTtl.TotalSeconds);
        return (table.ZoneOf(name), DnsRecordType.Soa, negativeTtl, data);
    }

    private static DnsServerAnswer Otherwise(DnsServerAnswer answer, Func<byte[], byte[]> change) =>
        answer with { Question = answer.Question with { Section = change(answer.Question.Section) } };
}
