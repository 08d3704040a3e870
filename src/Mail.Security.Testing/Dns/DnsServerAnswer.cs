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

    public DnsNameCompression Compression { get; init; }

    public DnsServerCut Cut { get; init; }

    public IReadOnlyList<(DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data)> Records { get; init; } = [];

    public IReadOnlyList<(DomainName Owner, DnsRecordType Type, TimeSpan Ttl, byte[] Data)> Authority { get; init; } = [];

    public IReadOnlyList<ExtendedDnsError> Errors { get; init; } = [];

    public byte[] Write()
    {
        var message = new DnsMessageWriter(Compression);
        var flags = Response | (Question.Message[2] << 8 & 0x0100) | (Question.Message[3] & 0x10) | (Code & 0xF)
            | (Cut == DnsServerCut.Empty ? Truncated : 0)
            | (Security == DnsSecurity.Secure && Question.WantsAuthenticData && Code is 0 or 3 ? AuthenticData : 0);
        var (records, authority) = Cut == DnsServerCut.Empty ? ([], []) : (Records, Authority);
        message.Word(Question.Id);
        message.Word(flags);
        message.Word(1);
        message.Word(records.Count);
        message.Word(authority.Count);
        message.Word(Question.EdnsPayload is null ? 0 : 1);
        message.Question(Question.Section);
        foreach (var (owner, type, ttl, data) in records.Concat(authority))
            message.Record(DnsWire.EncodeName(owner), type, ttl, data);
        if (Question.EdnsPayload is not null)
            WriteOpt(message);
        return message.ToArray();
    }

    private void WriteOpt(DnsMessageWriter message)
    {
        var options = new DnsMessageWriter(DnsNameCompression.None);
        foreach (var error in Errors)
        {
            var text = Encoding.UTF8.GetBytes(error.Text);
            options.Word(15);
            options.Word(text.Length + 2);
            options.Word(error.Code);
            options.Octets(text);
        }
        var data = options.ToArray();
        message.Octets([0]);
        message.Word(41);
        message.Word(1232);
        message.Long(((uint)(Code >> 4) << 24) | (Question.WantsAuthenticData ? 0x8000u : 0));
        message.Word(data.Length);
        message.Octets(data);
    }
}
