using System.Buffers.Binary;
using DnsClient;
using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>Reads a NOERROR or NXDOMAIN message as the answer to its question: along the aliases in it, to records or a denial.</summary>
/// <remarks>
/// Only records that belong to the question or to an alias on the way from it are used; whatever else the message holds is
/// left alone. The security is one for all of it, given by the caller: that of the AD bit (RFC 4035 §3.2.3), or the least that
/// a validation found on the same walk along the aliases.
/// </remarks>
internal sealed class StageReader<T>(Question question, RecordShape<T> shape, DnsMessage message, Judgement.Judged judged, CachePolicy policy, long readAt)
{
    private readonly List<AliasHop> _aliases = [];
    private readonly HashSet<DomainName> _visited = [question.Name];
    private uint _ttl = judged.Ttl;

    /// <summary>The same for the AD bit, which gives one state for all of the message.</summary>
    public StageReader(Question question, RecordShape<T> shape, DnsMessage message, DnsSecurity security, CachePolicy policy, long readAt)
        : this(question, shape, message, new Judgement.Judged { Security = security }, policy, readAt)
    {
    }

    public Stage<T> Read()
    {
        var (at, owner) = (question.Name, WireName.Encode(question.Name));
        while (true)
        {
            var records = Distinct(owner, shape.Type);
            if (records.Count > 0)
                return Found(at, records);
            var alias = shape.Type == ResourceRecordType.CNAME ? [] : Distinct(owner, ResourceRecordType.CNAME);
            if (alias.Count == 0)
                return WithoutRecords(at, owner);
            if (!TryReadAlias(alias, out var target))
                return Fail(DnsFailure.Malformed, $"the CNAME of {at} cannot be read");
            _aliases.Add(new AliasHop(at, target));
            if (!_visited.Add(target))
                return Fail(DnsFailure.AliasLoop, $"the aliases lead back to {target}");
            if (_aliases.Count > policy.MaxAliases)
                return Fail(DnsFailure.AliasLimit, $"more than {policy.MaxAliases} aliases");
            (at, owner) = (target, WireName.Encode(target));
        }
    }

    private Stage<T> Found(DomainName owner, List<RawRecord> records)
    {
        // RFC 2308 §2.1: with NXDOMAIN the last name has nothing.
        if (message.Code != DnsResponseCode.NoError)
            return Fail(DnsFailure.Malformed, "records under a response code that denies the name");
        var values = new List<T>(records.Count);
        foreach (var record in records)
        {
            if (shape.TryRead(message, record, out var value))
                values.Add(value);
        }
        values = shape.Arrange(values, records.Count);
        if (shape.Type == ResourceRecordType.CNAME && values.Count > 1)      // RFC 2181 §10.1
            return Fail(DnsFailure.Malformed, $"{owner} has more than one CNAME");
        if (values.Count == 0)
            return Fail(DnsFailure.Malformed, "no record in the answer can be used");
        return End(new DnsAnswer<T>.Found(values.AsReadOnly(), owner, judged.Security, policy.Positive(_ttl), _aliases.AsReadOnly()) { Chain = judged.Chain, Note = judged.Note }, policy.Positive(_ttl));
    }

    private Stage<T> WithoutRecords(DomainName end, byte[] owner)
    {
        var denies = message.Code == DnsResponseCode.NotExistentDomain;
        var start = message.Authority.FirstOrDefault(record => record.Type == ResourceRecordType.SOA && WireName.IsAtOrBelow(owner, record.Owner));
        if (!denies && start is null)
        {
            if (_aliases.Count > 0)
                return new Stage<T>.Onward(_aliases.AsReadOnly(), judged) { ReadAt = readAt, Keep = policy.Positive(_ttl), WireLength = message.Wire.Length };
            // RFC 2308 §2.2: name servers without an SOA are a referral, which says nothing of the name.
            if (message.Authority.Any(record => record.Type == ResourceRecordType.NS))
                return Fail(DnsFailure.ServerFailure, "a referral: the server does not resolve for us");
            // A DNAME without the CNAME that RFC 6672 §3.1 demands, or an answer to somebody else: no denial of what was asked.
            if (message.Answers.Count > 0)
                return Fail(DnsFailure.Malformed, "an answer with other records than those asked for");
        }
        var ttl = policy.Negative(Math.Min(_ttl, start is null ? 0 : NegativeTtl(start)));
        var kind = judged.Absence ?? (denies ? DnsAbsence.NoName : DnsAbsence.NoData);
        return End(new DnsAnswer<T>.Absent(kind, end, judged.Security, ttl, _aliases.AsReadOnly()) { Chain = judged.Chain, Note = judged.Note }, ttl);
    }

    // RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM, the last of five numbers.
    private uint NegativeTtl(RawRecord start)
    {
        const int Numbers = 20;
        if (start.DataLength < Numbers + 2)
            return 0;
        var minimum = BinaryPrimitives.ReadUInt32BigEndian(start.Data(message)[^4..]);
        return Math.Min(start.Ttl, minimum > int.MaxValue ? 0 : minimum);
    }

    // RFC 2181 §10.1: a name has one CNAME, however often and in whatever spelling it came.
    private bool TryReadAlias(List<RawRecord> records, out DomainName target)
    {
        target = default;
        foreach (var record in records)
        {
            if (!RecordShapes.TryReadAlias(message, record, out var next) || (!target.IsEmpty && next != target))
                return false;
            target = next;
        }
        return true;
    }

    // RFC 2181 §5: an RRset has no duplicates; §5.2: its time is the least, where they differ.
    private List<RawRecord> Distinct(byte[] owner, ResourceRecordType type)
    {
        var records = new List<RawRecord>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in message.Answers)
        {
            if (!record.Is(owner, type))
                continue;
            _ttl = Math.Min(_ttl, record.Ttl);
            if (seen.Add(Convert.ToBase64String(record.Data(message))))
                records.Add(record);
        }
        return records;
    }

    private Stage<T>.End Fail(DnsFailure reason, string detail) =>
        End(new DnsAnswer<T>.Failed(reason, message.Error, $"{question}: {detail}"), policy.Failure(reason));

    private Stage<T>.End End(DnsAnswer<T> answer, TimeSpan keep) => new(answer) { ReadAt = readAt, Keep = keep, WireLength = message.Wire.Length };
}
