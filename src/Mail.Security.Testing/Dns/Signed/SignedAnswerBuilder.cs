namespace Mail.Security.Testing;

/// <summary>Makes right answers, as a recursive server that validates nothing hands them on: what it found on the way along the aliases, with signatures and denials.</summary>
internal sealed class SignedAnswerBuilder(IReadOnlyDictionary<ZoneName, SignedZone> zones, DateTimeOffset now)
{
    private const int MaxAliases = 16;
    private const int NoError = 0;
    private const int ServerFailure = 2;
    private const int NoSuchName = 3;
    private const int NameTooLong = 6;          // YXDOMAIN (RFC 6672 §2.2)
    private readonly List<SignedDnsRecord> _answers = [];
    private readonly List<SignedDnsRecord> _authority = [];

    public SignedDnsAnswer Build(ZoneName name, DnsRecordType type)
    {
        var code = NoError;
        ZoneName? at = name;
        for (var hops = 0; at is not null && hops <= MaxAliases; hops++)
        {
            var (next, found) = Step(at, type);
            (at, code) = (next, found);
        }
        return new(code, _answers, _authority);
    }

    /// <summary>What the zone says of one name's types.</summary>
    public IReadOnlyList<SignedDnsRecord> Denial(SignedZone zone, ZoneName name)
    {
        if (zone.IsSigned)
            Put(zone, zone.View().Denials.NoData(name));
        return _authority;
    }

    private (ZoneName? Next, int Code) Step(ZoneName name, DnsRecordType type)
    {
        if (ZoneOf(name, type) is not { } zone)
            return (null, ServerFailure);
        var view = zone.View();
        if (view.RenameAbove(name) is { } renamed)
            return Rename(view, name, renamed);
        var (source, isWildcard) = (name, false);
        if (!view.Exists(name))
        {
            source = view.Encloser(name).Prepend("*");
            if (!view.Exists(source))
            {
                Deny(view, view.Zone.IsSigned ? view.Denials.NoName(name) : []);
                return (null, NoSuchName);
            }
            isWildcard = true;
        }
        if (view.IsDelegation(source) && type != DnsRecordType.Ds)
            return (null, ServerFailure);       // delegated to nobody here
        if (view.Find(source, type) is { } data)
        {
            Answer(view, name, type, data, source, isWildcard);
            return (null, NoError);
        }
        if (view.Find(source, DnsRecordType.Cname) is { } alias)
        {
            Answer(view, name, DnsRecordType.Cname, alias, source, isWildcard);
            return (ZoneName.Read(alias[0]), NoError);
        }
        Deny(view, !view.Zone.IsSigned ? [] : isWildcard ? view.Denials.WildcardNoData(name) : view.Denials.NoData(name));
        return (null, NoError);
    }

    // RFC 6672 §3.1: the DNAME, and the CNAME it makes, unsigned.
    private (ZoneName? Next, int Code) Rename(ZoneView view, ZoneName name, ZoneName renamed)
    {
        var target = view.Find(renamed, DnsRecordType.Dname)!;
        Answer(view, renamed, DnsRecordType.Dname, target, renamed, isWildcard: false);
        var end = name.Move(renamed, ZoneName.Read(target[0]));
        if (end.Wire.Length > 255)
            return (null, NameTooLong);
        _answers.Add(new(name.ToString(), DnsRecordType.Cname, view.Zone.Options.Ttl, end.Wire));
        return (end, NoError);
    }

    private SignedZone? ZoneOf(ZoneName name, DnsRecordType type)
    {
        // RFC 4035 §3.1.4.1: DS records belong to the zone above.
        for (var labels = type == DnsRecordType.Ds && name.Labels > 0 ? name.Labels - 1 : name.Labels; labels >= 0; labels--)
        {
            if (zones.TryGetValue(name.Ancestor(labels), out var zone))
                return zone;
        }
        return null;
    }

    private void Answer(ZoneView view, ZoneName owner, DnsRecordType type, byte[][] data, ZoneName source, bool isWildcard)
    {
        Put(_answers, view.Zone, owner, type, view.Zone.Options.Ttl, data, source.SignedLabels);
        if (isWildcard && view.Zone.IsSigned)
            Put(view.Zone, view.Denials.NoCloser(owner));
    }

    private void Deny(ZoneView view, IEnumerable<(ZoneName Owner, byte[] Data)> proof)
    {
        var (zone, negative) = (view.Zone, view.Zone.Options.NegativeTtl);
        Put(_authority, zone, zone.Apex, DnsRecordType.Soa, negative, view.Find(zone.Apex, DnsRecordType.Soa)!, zone.Apex.Labels);
        Put(zone, proof);
    }

    private void Put(SignedZone zone, IEnumerable<(ZoneName Owner, byte[] Data)> proof)
    {
        var type = zone.Options.Denial == SignedZoneDenial.Nsec ? DnsRecordType.Nsec : DnsRecordType.Nsec3;
        foreach (var (owner, data) in proof.DistinctBy(static record => record.Owner))
        {
            if (!_authority.Exists(record => record.Type == type && ZoneName.Parse(record.Owner).Equals(owner)))
                Put(_authority, zone, owner, type, zone.Options.NegativeTtl, [data], owner.SignedLabels);
        }
    }

    private void Put(List<SignedDnsRecord> section, SignedZone zone, ZoneName owner, DnsRecordType type, TimeSpan ttl, byte[][] data, int labels)
    {
        var set = data.Select(one => new SignedDnsRecord(owner.ToString(), type, ttl, one)).ToList();
        section.AddRange(set);
        if (zone.IsSigned && !(type == DnsRecordType.Ns && !owner.Equals(zone.Apex)))
            section.AddRange(RecordSigner.Sign(set, labels, zone, now));
    }
}
