using System.Text;
using DnsClient.Protocol;
using Mail.Security.Dnssec;

namespace Mail.Security.Fuzz.Targets;

/// <summary>DNS messages: the answer of any server to a question of ours, along its aliases to records or a denial; and names on the wire.</summary>
internal static class DnsTarget
{
    private static readonly DomainName Name = DomainName.Parse("mx.example");
    private static readonly CachePolicy Policy = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), 8);

    public static void Run(byte[] input)
    {
        Answer(input, RecordShapes.Mx);
        Answer(input, RecordShapes.A);
        Answer(input, RecordShapes.Aaaa);
        Answer(input, RecordShapes.Cname);
        Answer(input, RecordShapes.Txt);
        Answer(input, RecordShapes.Tlsa);
        Answer(input, ZoneRecordShapes.Ns);
        Answer(input, ZoneRecordShapes.Srv);
        Answer(input, ZoneRecordShapes.Soa);
        Answer(input, ZoneRecordShapes.Ds);
        Answer(input, ZoneRecordShapes.Dnskey);
        Answer(input, ZoneRecordShapes.Raw(35));
        CheckName(input);
        Ask(Encoding.UTF8.GetString(input));
    }

    private static void Answer<T>(byte[] input, RecordShape<T> shape)
    {
        var question = new Question(Name, shape.Type);
        var id = input.Length < 2 ? (ushort)0 : (ushort)(input[0] << 8 | input[1]);
        var fault = DnsMessageReader.Read(input, question, id, out var message);
        Check.Equal(fault == MessageFault.None, message is not null, "a message that is read has no fault");
        if (message is null)
            return;
        foreach (var record in message.Answers.Concat(message.Authority))
        {
            Check.That(record.DataAt >= DnsMessage.HeaderLength && record.DataLength >= 0 && record.DataEnd <= input.Length, "the data of a record is in the message");
            Check.That(record.Owner.Length is > 0 and <= 255 && record.Owner[^1] == 0, "an owner has room on the wire");
            Check.That(record.Ttl <= int.MaxValue, "a time to live is no negative number");
        }
        Check.That(message.Error is null || !message.Error.Text.Any(char.IsControl), "an extended error can be logged");
        if (message.IsTruncated)
            return;
        var stage = new StageReader<T>(question, shape, message, DnsSecurity.Insecure, Policy, 0).Read();
        Check.That(stage.Keep >= TimeSpan.Zero && stage.Keep <= Policy.MaxTtl, "an answer is kept no longer than the policy says");
        if (stage is Stage<T>.End { Answer: DnsAnswer<T>.Found found })
            Check.That(found.Records.Count > 0 && found.Security == DnsSecurity.Insecure, "an answer has records and the security it was read with");
        if (stage is Stage<T>.Onward onward)
            Check.That(onward.Aliases.Count <= Policy.MaxAliases && !onward.Next.IsEmpty, "aliases lead somewhere, within the limit");
    }

    private static void CheckName(byte[] input)
    {
        for (var start = 0; start < Math.Min(input.Length, 64); start++)
        {
            var at = start;
            if (!WireName.TryRead(input, ref at, input.Length, out var octets))
                continue;
            Check.That(at > start && at <= input.Length && octets.Length is > 0 and <= 255, "a name is in the message and has room on the wire");
            if (!WireName.TryToDomainName(octets, out var name))
                continue;
            Check.That(WireName.AreEqual(octets, WireName.Encode(name)), $"a name is written as it was read: {name}");
        }
    }

    private static void Ask(string text)
    {
        if (!DomainName.TryParseLax(text, out var name))
            return;
        var question = new Question(name, ResourceRecordType.TLSA);
        var query = QueryWriter.Write(question, 4711);
        query[2] |= 0x80;       // a response, with nothing in it
        Check.Equal(MessageFault.None, DnsMessageReader.Read(query, question, 4711, out _), "a question is read as it was written");
    }
}
