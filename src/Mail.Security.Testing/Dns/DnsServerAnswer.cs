using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

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
