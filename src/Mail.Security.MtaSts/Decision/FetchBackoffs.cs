namespace Mail.Security.MtaSts;

/// <summary>Remembers which version of which domain's policy could not be fetched lately (RFC 8461 §3.3). Of bounded size.</summary>
internal sealed class FetchBackoffs(TimeSpan period, TimeProvider time)
{
    private const int Capacity = 20_000;
    private readonly Lock gate = new();
    private readonly Dictionary<RecipientDomain, Entry> entries = [];

    public MtaStsFetchResult.Failed? Get(RecipientDomain domain, string policyId)
    {
        lock (gate)
        {
            return entries.TryGetValue(domain, out var entry) && entry.PolicyId == policyId && entry.Until > time.GetUtcNow() ? entry.Failure : null;
        }
    }

    public void Add(RecipientDomain domain, string policyId, MtaStsFetchResult.Failed failure)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (entries.Count >= Capacity)
                Shrink(now);
            entries[domain] = new Entry(policyId, now + period, failure);
        }
    }

    public void Remove(RecipientDomain domain)
    {
        lock (gate)
            entries.Remove(domain);
    }

    private void Shrink(DateTimeOffset now)
    {
        foreach (var (domain, entry) in entries)
        {
            if (entry.Until <= now)
                entries.Remove(domain);
        }
        if (entries.Count >= Capacity)
            entries.Clear();
    }

    private sealed record Entry(string PolicyId, DateTimeOffset Until, MtaStsFetchResult.Failed Failure);
}
