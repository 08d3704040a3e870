using System.Buffers.Binary;

namespace Mail.Security.Testing;

/// <summary>What one zone holds at one moment, with what it makes itself, and the chain of its denials.</summary>
internal sealed class ZoneView
{
    private readonly SortedDictionary<ZoneName, Dictionary<DnsRecordType, byte[][]>> _nodes = [];
    private readonly HashSet<ZoneName> _names = [];
    private DenialChain? _denials;

    public ZoneView(SignedZone zone, (ZoneName Owner, DnsRecordType Type, byte[][] Data)[] records, SignedZone[] children)
    {
        Zone = zone;
        foreach (var (owner, type, data) in records)
            Put(owner, type, data);
        Put(zone.Apex, DnsRecordType.Soa, [StartOfAuthority(zone)]);
        Put(zone.Apex, DnsRecordType.Ns, [zone.Apex.Prepend("ns").Wire]);
        if (zone.IsSigned)
        {
            Put(zone.Apex, DnsRecordType.Dnskey, [.. zone.Keys.Select(static one => one.Key.Data.ToArray())]);
            if (zone.Options.Denial != SignedZoneDenial.Nsec)
                Put(zone.Apex, DnsRecordType.Nsec3Param, [DenialChain.Parameters(zone.Options, optOut: false)]);
        }
        foreach (var child in children)
        {
            Put(child.Apex, DnsRecordType.Ns, [child.Apex.Prepend("ns").Wire]);
            if (child.DelegationSigners().ToArray() is { Length: > 0 } signers)
                Put(child.Apex, DnsRecordType.Ds, signers);
        }
        foreach (var owner in _nodes.Keys.Where(owner => !IsOccluded(owner)))
        {
            for (var at = owner; ; at = at.Parent)
            {
                _names.Add(at);
                if (at.Labels == zone.Apex.Labels)
                    break;
            }
        }
    }

    public SignedZone Zone { get; }

    public DenialChain Denials => _denials ??= new DenialChain(this);

    /// <summary>The names that have records the zone itself answers for, delegations among them.</summary>
    public IEnumerable<ZoneName> Owners => _nodes.Keys.Where(owner => !IsOccluded(owner));

    /// <summary>The names that exist, those without records of their own among them (RFC 4592 §2.2.2).</summary>
    public bool Exists(ZoneName name) => _names.Contains(name);

    public IEnumerable<ZoneName> Names => _names;

    public byte[][]? Find(ZoneName owner, DnsRecordType type) => _nodes.GetValueOrDefault(owner)?.GetValueOrDefault(type);

    public IEnumerable<DnsRecordType> TypesOf(ZoneName owner) => _nodes.TryGetValue(owner, out var sets)
        ? IsDelegation(owner) ? sets.Keys.Where(static type => type is DnsRecordType.Ns or DnsRecordType.Ds) : sets.Keys : [];

    public bool IsDelegation(ZoneName owner) => !owner.Equals(Zone.Apex) && Find(owner, DnsRecordType.Ns) is not null;

    public bool IsInsecureDelegation(ZoneName owner) => IsDelegation(owner) && Find(owner, DnsRecordType.Ds) is null;

    public ZoneName Encloser(ZoneName name)
    {
        while (!Exists(name))
            name = name.Parent;
        return name;
    }

    /// <summary>The DNAME above a name, if there is one.</summary>
    public ZoneName? RenameAbove(ZoneName name)
    {
        for (var labels = Zone.Apex.Labels; labels < name.Labels; labels++)
        {
            if (Find(name.Ancestor(labels), DnsRecordType.Dname) is not null)
                return name.Ancestor(labels);
        }
        return null;
    }

    // Below a delegation or a DNAME the zone has nothing to say (RFC 6672 §2.4).
    private bool IsOccluded(ZoneName owner)
    {
        for (var labels = Zone.Apex.Labels; labels < owner.Labels; labels++)
        {
            var above = owner.Ancestor(labels);
            if (IsDelegation(above) || Find(above, DnsRecordType.Dname) is not null)
                return true;
        }
        return false;
    }

    private void Put(ZoneName owner, DnsRecordType type, byte[][] data)
    {
        if (!_nodes.TryGetValue(owner, out var sets))
            _nodes[owner] = sets = [];
        sets[type] = sets.TryGetValue(type, out var others) && type is DnsRecordType.Ds or DnsRecordType.Dnskey ? [.. others!, .. data] : data;
    }

    // RFC 1035 §3.3.13.
    private static byte[] StartOfAuthority(SignedZone zone)
    {
        var numbers = new byte[20];
        numbers[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), (uint)zone.Options.NegativeTtl.TotalSeconds);
        return [.. zone.Apex.Prepend("ns").Wire, .. zone.Apex.Prepend("hostmaster").Wire, .. numbers];
    }
}
