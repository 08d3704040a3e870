using System.Buffers.Binary;
using System.Text;

namespace Mail.Security.Testing;

/// <summary>The question as the test server read it.</summary>
internal sealed record DnsServerQuestion(byte[] Message, ushort Id, byte[] Section, DomainName Name, DnsRecordType Type, int? EdnsPayload, bool WantsAuthenticData, bool WantsDnssec)
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
            hasOpt ? Word(message, end + 3) : null, dnssecOk || (message[3] & 0x20) != 0, dnssecOk);
    }

    private static ushort Word(byte[] message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
}
