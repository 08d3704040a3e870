using System.Buffers.Binary;
using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>The question as the test server read it.</summary>
internal sealed record DnsServerQuestion(byte[] Message, ushort Id, byte[] Section, DomainName Name, DnsRecordType Type, int? EdnsPayload, bool WantsAuthenticData)
{
    private const ushort Opt = 41;

    /// <summary>Reads a query with one question of class IN and at most an OPT behind it; null for anything else, which a server drops.</summary>
    public static DnsServerQuestion? Read(byte[] message)
    {
        const int Header = DnsWire.HeaderLength;
        if (message.Length < Header + 5 || (message[2] & 0xF8) != 0 || Word(message, 4) != 1)
            return null;
        var (at, labels) = (Header, new List<string>());
        for (; message[at] != 0; at += message[at] + 1)
        {
            if (message[at] > 63 || at + message[at] + 1 + 5 > message.Length)
                return null;
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        }
        var end = at + 5;
        if (end > message.Length || Word(message, at + 3) != 1)
            return null;
        _ = DomainName.TryParseLax(string.Join('.', labels), out var name);
        var hasOpt = Word(message, 10) == 1 && end + 11 <= message.Length && message[end] == 0 && Word(message, end + 1) == Opt;
        var dnssecOk = hasOpt && (message[end + 7] & 0x80) != 0;
        // RFC 6840 §5.7, §5.8: AD in an answer only to those who ask for it, by AD or by DO.
        return new DnsServerQuestion(message, Word(message, 0), message[Header..end], name, (DnsRecordType)Word(message, at + 1),
            hasOpt ? Word(message, end + 3) : null, dnssecOk || (message[3] & 0x20) != 0);
    }

    private static ushort Word(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
}

/// <summary>An answer of the test server before it is octets.</summary>
internal sealed record DnsServerAnswer(DnsServerQuestion Question)
{
    private const ushort Response = 0x8080;         // QR, RA
    private const ushort Truncated = 0x0200;
    private const ushort AuthenticData = 0x0020;

    public int Code { get; init; }

    public DnsSecurity Security { get; init; }

    public DnsServerCut Cut { get; init; }

    public IReadOnlyList<(DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data)> Records { get; init; } = [];

    public IReadOnlyList<(DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data)> Authority { get; init; } = [];

    public IReadOnlyList<ExtendedDnsError> Errors { get; init; } = [];

    public byte[] Write()
    {
        var message = new List<byte>();
        var flags = Response | (Question.Message[2] << 8 & 0x0100) | (Question.Message[3] & 0x10) | (Code & 0xF)
            | (Cut == DnsServerCut.Empty ? Truncated : 0)
            | (Security == DnsSecurity.Secure && Question.WantsAuthenticData && Code is 0 or 3 ? AuthenticData : 0);
        var (records, authority) = Cut == DnsServerCut.Empty ? ([], []) : (Records, Authority);
        Word(message, Question.Id);
        Word(message, flags);
        Word(message, 1);
        Word(message, records.Count);
        Word(message, authority.Count);
        Word(message, Question.EdnsPayload is null ? 0 : 1);
        message.AddRange(Question.Section);
        foreach (var (owner, type, ttl, data) in records.Concat(authority))
        {
            message.AddRange(DnsWire.EncodeName(owner));
            Word(message, (int)type);
            Word(message, 1);
            Long(message, (uint)ttl.TotalSeconds);
            Word(message, data.Length);
            message.AddRange(data);
        }
        if (Question.EdnsPayload is not null)
            WriteOpt(message);
        return [.. message];
    }

    private void WriteOpt(List<byte> message)
    {
        var options = new List<byte>();
        foreach (var error in Errors)
        {
            var text = Encoding.UTF8.GetBytes(error.Text);
            Word(options, 15);
            Word(options, text.Length + 2);
            Word(options, error.Code);
            options.AddRange(text);
        }
        message.Add(0);
        Word(message, 41);
        Word(message, 1232);
        Long(message, ((uint)(Code >> 4) << 24) | (Question.WantsAuthenticData ? 0x8000u : 0));
        Word(message, options.Count);
        message.AddRange(options);
    }

    private static void Word(List<byte> message, int value) => message.AddRange((byte)(value >> 8), (byte)value);

    private static void Long(List<byte> message, uint value)
    {
        Word(message, (int)(value >> 16));
        Word(message, (int)(value & 0xFFFF));
    }
}

/// <summary>Whether an answer is cut down to its question.</summary>
internal enum DnsServerCut : byte
{
    None,
    Empty,
}
