using System.Collections.Immutable;
using Mail.Security.Dnssec;

namespace Mail.Security.Testing;

/// <summary>One record: what a resolver hands out and what a server sends.</summary>
internal sealed record ZoneRecord(object Value, byte[] Data);

/// <summary>All records of one name and type.</summary>
internal sealed record ZoneSet(DomainName Owner, DnsRecordType Type, DnsSecurity Security, ImmutableArray<ZoneRecord> Records);

/// <summary>What the table knows about a question: the aliases followed, then records or a denial.</summary>
internal sealed record ZoneAnswer(ImmutableArray<ZoneSet> Aliases, ZoneSet? Records, DomainName End, DnsAbsence Absence, DnsSecurity Security, ZoneChain Chain);

/// <summary>How the walk along the aliases ended.</summary>
internal enum ZoneChain : byte
{
    Complete,
    Loop,
    TooLong,
}

/// <summary>The records of a world under one lock: tests change them while servers read.</summary>
internal sealed class ZoneTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(DomainName Name, DnsRecordType Type), ZoneSet> _sets = [];
    private readonly Dictionary<DomainName, DnsSecurity> _zones = [];

    public void SetZone(DomainName name, DnsSecurity security)
    {
        lock (_lock)
            _zones[name] = security;
    }

    public void Add(DomainName name, DnsRecordType type, ZoneRecord record, DnsSecurity? security)
    {
        lock (_lock)
        {
            var state = security ?? ZoneSecurity(name);
            _sets[(name, type)] = _sets.TryGetValue((name, type), out var set)
                ? set with { Security = Min(set.Security, state), Records = set.Records.Add(record) }
                : new ZoneSet(name, type, state, [record]);
        }
    }

    public void Remove(DomainName name, DnsRecordType type)
    {
        lock (_lock)
            _sets.Remove((name, type));
    }

    /// <summary>Answers a question; the security is the least of everything used.</summary>
    public ZoneAnswer Resolve(DomainName name, DnsRecordType type, int maxAliases)
    {
        lock (_lock)
        {
            var aliases = ImmutableArray<ZoneSet>.Empty;
            var (security, end) = (DnsSecurity.Secure, name);
            while (true)
            {
                if (_sets.TryGetValue((end, type), out var set))
                    return new ZoneAnswer(aliases, set, end, DnsAbsence.NoData, Min(security, set.Security), ZoneChain.Complete);
                if (!_sets.TryGetValue((end, DnsRecordType.Cname), out var alias))
                    return new ZoneAnswer(aliases, null, end, Exists(end) ? DnsAbsence.NoData : DnsAbsence.NoName, Min(security, ZoneSecurity(end)), ZoneChain.Complete);
                aliases = aliases.Add(alias);
                security = Min(security, alias.Security);
                end = (DomainName)alias.Records[0].Value;
                if (end == name || aliases.Any(hop => hop.Owner == end))
                    return new ZoneAnswer(aliases, null, end, DnsAbsence.NoData, security, ZoneChain.Loop);
                if (aliases.Length > maxAliases)
                    return new ZoneAnswer(aliases, null, end, DnsAbsence.NoData, security, ZoneChain.TooLong);
            }
        }
    }

    /// <summary>The nearest zone at or above a name; the empty name, the root, when none was raised.</summary>
    public DomainName ZoneOf(DomainName name)
    {
        lock (_lock)
        {
            for (var at = name; ;)
            {
                if (_zones.ContainsKey(at))
                    return at;
                if (!at.TryGetParent(out at))
                    return default;
            }
        }
    }

    // A name with records below it exists too, without records of its own (RFC 4592 §2.2.2).
    private bool Exists(DomainName name) =>
        _zones.ContainsKey(name) || _sets.Keys.Any(key => key.Name == name || key.Name.IsSubdomainOf(name));

    private DnsSecurity ZoneSecurity(DomainName name)
    {
        for (var at = name; ;)
        {
            if (_zones.TryGetValue(at, out var security))
                return security;
            if (!at.TryGetParent(out var parent))
                return DnsSecurity.Secure;
            at = parent;
        }
    }

    private static DnsSecurity Min(DnsSecurity left, DnsSecurity right) => left < right ? left : right;
}
