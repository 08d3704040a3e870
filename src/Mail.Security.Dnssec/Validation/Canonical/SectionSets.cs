using DnsClient.Protocol;

namespace Mail.Security.Dnssec;

/// <summary>The records of one section of a message as sets (RFC 2181 §5, RFC 4035 §5.3.1).</summary>
internal sealed class SectionSets
{
    private readonly Dictionary<(CanonicalName Owner, ResourceRecordType Type), RecordSet> _sets = [];

    public SectionSets(DnsMessage message, IReadOnlyList<RawRecord> section)
    {
        var records = new Dictionary<(CanonicalName, ResourceRecordType), List<RawRecord>>();
        var signatures = new Dictionary<(CanonicalName, ResourceRecordType), List<SignatureData>>();
        foreach (var record in section)
        {
            var owner = CanonicalName.Of(record.Owner);
            if (record.Type != DnssecTypes.Rrsig)
                Add(records, (owner, record.Type), record);
            else if (SignatureData.TryRead(message, record, out var signature))
                Add(signatures, (owner, signature.Covered), signature);
        }
        foreach (var ((owner, type), all) in records)
        {
            var data = all.Select(record => CanonicalData.Of(message, record)).ToList();
            data.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
            for (var i = data.Count - 1; i > 0; i--)            // RFC 4034 §6.3: no duplicates
            {
                if (data[i].AsSpan().SequenceEqual(data[i - 1]))
                    data.RemoveAt(i);
            }
            _sets[(owner, type)] = new(owner, type, data, all.Min(static record => record.Ttl), signatures.GetValueOrDefault((owner, type)) ?? []);
        }
    }

    public RecordSet? Find(CanonicalName owner, ResourceRecordType type) => _sets.GetValueOrDefault((owner, type));

    public IEnumerable<RecordSet> OfType(ResourceRecordType type) => _sets.Values.Where(set => set.Type == type);

    private static void Add<T>(Dictionary<(CanonicalName, ResourceRecordType), List<T>> lists, (CanonicalName, ResourceRecordType) key, T value)
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(value);
    }
}
