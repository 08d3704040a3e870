namespace Mail.Security.Testing;

/// <summary>One zone of <see cref="SignedDnsServer"/>: its records and its keys. Filled by chained calls, also while the server runs.</summary>
/// <remarks>SOA, NS, DNSKEY and NSEC3PARAM records, delegations to the zones below, DS records and denials are made by the zone itself.</remarks>
public sealed class SignedZone
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ZoneName, Dictionary<DnsRecordType, List<byte[]>>> _nodes = [];
    private readonly Dictionary<ZoneName, SignedZone> _children = [];
    private readonly List<(DnssecTestKey Key, DnssecKeyUse Use)> _keys = [];
    private ZoneView? _view;

    internal SignedZone(ZoneName name, SignedZoneOptions options)
    {
        (Apex, Options) = (name, options);
        foreach (var algorithm in options.Algorithms)
        {
            _keys.Add((DnssecTestKey.Create(algorithm, DnssecTestKey.KeySigningFlags), DnssecKeyUse.Keys));
            _keys.Add((DnssecTestKey.Create(algorithm), DnssecKeyUse.Records));
        }
    }

    /// <summary>The name of the zone; "." for the root.</summary>
    public string Name => Apex.ToString();

    /// <summary>How it is signed.</summary>
    public SignedZoneOptions Options { get; }

    /// <summary>Its keys and what each is there for.</summary>
    public IReadOnlyList<(DnssecTestKey Key, DnssecKeyUse Use)> Keys
    {
        get
        {
            lock (_lock)
                return [.. _keys];
        }
    }

    internal ZoneName Apex { get; }

    internal bool IsSigned => Options.Delegation is SignedZoneDelegation.Signed or SignedZoneDelegation.WithoutDs;

    /// <summary>Adds a record written as in a zone file, names in it whole: "10 mx.example.com" for an MX record, the bare text for a TXT record.</summary>
    /// <param name="owner">The owner, whole.</param>
    /// <param name="type">A, AAAA, CNAME, DNAME, DS, HINFO, MX, NAPTR, NS, PTR, SRV, TLSA or TXT.</param>
    /// <param name="text">The record data.</param>
    /// <returns>This object.</returns>
    /// <exception cref="FormatException">The text is no such record.</exception>
    public SignedZone Add(string owner, DnsRecordType type, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Add(owner, type, ZoneText.Read(type, text));
    }

    /// <summary>Adds a record of any type.</summary>
    /// <param name="owner">The owner, whole.</param>
    /// <param name="type">The type; also one that has no name here.</param>
    /// <param name="data">The record data, names in it in lower case.</param>
    /// <returns>This object.</returns>
    public SignedZone Add(string owner, DnsRecordType type, ReadOnlyMemory<byte> data)
    {
        var name = ZoneName.Parse(owner);
        if (!name.IsAtOrBelow(Apex))
            throw new ArgumentException($"{owner} is not in zone {Name}.", nameof(owner));
        lock (_lock)
        {
            if (!_nodes.TryGetValue(name, out var sets))
                _nodes[name] = sets = [];
            if (!sets.TryGetValue(type, out var records))
                sets[type] = records = [];
            records.Add(data.ToArray());
            _view = null;
        }
        return this;
    }

    /// <summary>Takes every record of one type from a name.</summary>
    /// <param name="owner">The owner, whole.</param>
    /// <param name="type">The type.</param>
    /// <returns>This object.</returns>
    public SignedZone Remove(string owner, DnsRecordType type)
    {
        lock (_lock)
        {
            var name = ZoneName.Parse(owner);
            if (_nodes.TryGetValue(name, out var sets) && sets.Remove(type) && sets.Count == 0)
                _nodes.Remove(name);
            _view = null;
        }
        return this;
    }

    /// <summary>Adds a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="use">What it is there for.</param>
    /// <returns>This object.</returns>
    public SignedZone AddKey(DnssecTestKey key, DnssecKeyUse use)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_lock)
        {
            _keys.Add((key, use));
            _view = null;
        }
        return this;
    }

    /// <summary>Takes keys away.</summary>
    /// <param name="which">Tells which.</param>
    /// <returns>This object.</returns>
    public SignedZone RemoveKeys(Predicate<(DnssecTestKey Key, DnssecKeyUse Use)> which)
    {
        lock (_lock)
        {
            _keys.RemoveAll(which);
            _view = null;
        }
        return this;
    }

    internal void AddChild(SignedZone child)
    {
        lock (_lock)
        {
            _children[child.Apex] = child;
            _view = null;
        }
    }

    /// <summary>The keys that sign a type of records.</summary>
    internal IReadOnlyList<DnssecTestKey> SignersOf(DnsRecordType type)
    {
        var forKeys = type == DnsRecordType.Dnskey;
        var fitting = Keys.Where(one => forKeys ? one.Use is DnssecKeyUse.Keys or DnssecKeyUse.KeysUnnamed : one.Use == DnssecKeyUse.Records).Select(static one => one.Key).ToList();
        return fitting.Count > 0 ? fitting : [.. Keys.Where(static one => one.Use == DnssecKeyUse.Keys).Select(static one => one.Key)];
    }

    /// <summary>What the zone holds now. The keys of the zones below are read at that moment.</summary>
    internal ZoneView View()
    {
        lock (_lock)
        {
            // A child's keys may have changed since, and with them its DS records.
            if (_view is null || _children.Count > 0)
                _view = new ZoneView(this, [.. _nodes.SelectMany(static node => node.Value.Select(set => (node.Key, set.Key, set.Value.ToArray())))], [.. _children.Values]);
            return _view;
        }
    }

    internal IEnumerable<byte[]> DelegationSigners() => Options.Delegation is SignedZoneDelegation.Signed or SignedZoneDelegation.UnsignedDespiteDs
        ? Keys.Where(static one => one.Use == DnssecKeyUse.Keys).SelectMany(one => Options.DigestTypes.Select(type => one.Key.ToDelegationSigner(Name, type)))
        : [];
}
