using DnsClient.Protocol;

namespace Mail.Security.Dnssec.Tests;

/// <summary>Writes answers octet by octet, right ones and wrong ones.</summary>
internal sealed class TestMessage(Question question)
{
    public const ushort Id = 0x1234;

    private readonly List<byte[]> _answers = [];
    private readonly List<byte[]> _authority = [];
    private readonly List<byte[]> _additional = [];

    public int Flags { get; set; } = 0x8180;

    public byte[] Section { get; set; } = [.. WireName.Encode(question.Name), .. Word((int)question.Type), 0, 1];

    public int Questions { get; set; } = 1;

    public static byte[] Name(string name) => name == "." ? [0] : WireName.Encode(DomainName.ParseLax(name));

    public static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Long(uint value) => [.. Word((int)(value >> 16)), .. Word((int)(value & 0xFFFF))];

    public static byte[] Soa(uint minimum) => [0, 0, .. Long(1), .. Long(2), .. Long(3), .. Long(4), .. Long(minimum)];

    public static byte[] Record(byte[] owner, ResourceRecordType type, uint ttl, byte[] data, int recordClass = 1) =>
        [.. owner, .. Word((int)type), .. Word(recordClass), .. Long(ttl), .. Word(data.Length), .. data];

    public static byte[] ExtendedError(ushort code, string text) =>
        [.. Word(15), .. Word(2 + System.Text.Encoding.UTF8.GetByteCount(text)), .. Word(code), .. System.Text.Encoding.UTF8.GetBytes(text)];

    public TestMessage Answer(string owner, ResourceRecordType type, byte[] data, uint ttl = 300, int recordClass = 1)
    {
        _answers.Add(Record(Name(owner), type, ttl, data, recordClass));
        return this;
    }

    public TestMessage Authority(string owner, ResourceRecordType type, byte[] data, uint ttl = 60)
    {
        _authority.Add(Record(Name(owner), type, ttl, data));
        return this;
    }

    public TestMessage Opt(byte[]? options = null, uint ttl = 0x8000, string owner = ".")
    {
        _additional.Add(Record(Name(owner), ResourceRecordType.OPT, ttl, options ?? [], recordClass: 1232));
        return this;
    }

    public byte[] ToArray() =>
    [
        .. Word(Id), .. Word(Flags), .. Word(Questions), .. Word(_answers.Count), .. Word(_authority.Count), .. Word(_additional.Count),
        .. Section, .. _answers.SelectMany(record => record), .. _authority.SelectMany(record => record), .. _additional.SelectMany(record => record),
    ];

    public DnsMessage Read()
    {
        Assert.Equal(MessageFault.None, DnsMessageReader.Read(ToArray(), question, Id, out var message));
        return message!;
    }
}
