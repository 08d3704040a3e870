using System.Buffers.Binary;
using DnsClient;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Reads answers (RFC 1035 §4.1). Any octets may come; none make it throw.</summary>
internal ref struct DnsMessageReader
{
    private const ushort ClassIn = 1;
    private const ushort Response = 0x8000;
    private const ushort OpCode = 0x7800;
    private const ushort Truncated = 0x0200;
    private const ushort AuthenticData = 0x0020;
    private const ushort CheckingDisabled = 0x0010;
    private const int FixedLength = 10;         // type, class, TTL, data length

    private readonly ReadOnlySpan<byte> _wire;
    private int _at;
    private bool _hasOpt;
    private int _upperCode;
    private ExtendedDnsError? _error;

    private DnsMessageReader(ReadOnlySpan<byte> wire) => _wire = wire;

    /// <summary>Reads one message as the answer to a question.</summary>
    public static MessageFault Read(ReadOnlyMemory<byte> wire, Question question, ushort id, out DnsMessage? message) =>
        new DnsMessageReader(wire.Span).ReadWhole(wire, question, id, out message);

    private MessageFault ReadWhole(ReadOnlyMemory<byte> wire, Question question, ushort id, out DnsMessage? message)
    {
        message = null;
        if (_wire.Length < DnsMessage.HeaderLength)
            return MessageFault.Mismatched;
        var flags = Word(2);
        var code = flags & 0xF;
        if (Word(0) != id || (flags & Response) == 0 || (flags & OpCode) != 0)
            return MessageFault.Mismatched;
        _at = DnsMessage.HeaderLength;
        if (!TryReadQuestion(question, code))
            return MessageFault.Mismatched;

        var (answers, authority) = (new List<RawRecord>(), new List<RawRecord>());
        var truncated = (flags & Truncated) != 0;
        var whole = TryReadSection(Word(6), answers) && TryReadSection(Word(8), authority) && TryReadSection(Word(10), records: null);
        if (!whole && !truncated)       // a truncated message may end anywhere; its records are not used
            return MessageFault.Malformed;
        message = new DnsMessage
        {
            Wire = wire,
            Code = (DnsResponseCode)((_upperCode << 4) | code),
            IsTruncated = truncated,
            IsAuthenticData = IsAuthentic(flags),
            Answers = answers,
            Authority = authority,
            Error = _error,
        };
        return MessageFault.None;
    }

    // A server that gives the flags of the query back unread gives our AD back (RFC 6840 §5.7). One that knows DNSSEC answers with an OPT
    // (RFC 4035 §3, RFC 6891 §6.1.1), and with the CD bit of the query, which is clear (RFC 4035 §3.2.2).
    private readonly bool IsAuthentic(int flags) => _hasOpt && (flags & (AuthenticData | CheckingDisabled)) == AuthenticData;

    // RFC 1035 §7.3: the question must be ours. Servers that could not read it may leave it out, with an error and nothing else.
    private bool TryReadQuestion(Question question, int code)
    {
        if (Word(4) == 0)
            return code is not ((int)DnsHeaderResponseCode.NoError or (int)DnsHeaderResponseCode.NotExistentDomain);
        if (Word(4) != 1 || !WireName.TryRead(_wire, ref _at, _wire.Length, out var name) || _at + 4 > _wire.Length)
            return false;
        var matches = WireName.AreEqual(name, WireName.Encode(question.Name)) && Word(_at) == (ushort)question.Type && Word(_at + 2) == ClassIn;
        _at += 4;
        return matches;
    }

    private bool TryReadSection(int count, List<RawRecord>? records)
    {
        for (; count > 0; count--)
        {
            if (!WireName.TryRead(_wire, ref _at, _wire.Length, out var owner) || _at + FixedLength > _wire.Length)
                return false;
            var (type, recordClass) = ((ResourceRecordType)Word(_at), Word(_at + 2));
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(_wire[(_at + 4)..]);
            var length = Word(_at + 8);
            _at += FixedLength;
            if (_at + length > _wire.Length)
                return false;
            if (type == ResourceRecordType.OPT)
            {
                if (records is not null || !TryReadOpt(owner, ttl, _wire.Slice(_at, length)))
                    return false;
            }
            else if (recordClass == ClassIn)
            {
                records?.Add(new RawRecord(owner, type, ttl > int.MaxValue ? 0 : ttl, _at, length));
            }
            _at += length;
        }
        return true;
    }

    // RFC 6891 §6.1.1: one OPT at most, owned by the root.
    private bool TryReadOpt(ReadOnlySpan<byte> owner, uint ttl, ReadOnlySpan<byte> options)
    {
        if (_hasOpt || !WireName.IsRoot(owner))
            return false;
        (_hasOpt, _upperCode) = (true, (int)(ttl >> 24));
        return ExtendedErrorReader.TryRead(options, out _error);
    }

    private readonly int Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(_wire[at..]);
}
