using System.Globalization;
using Mail.Security.Testing;

namespace Mail.Security.Conformance;

/// <summary>A zone r.test of few labels in many places: wildcards, empty non-terminals, aliases, DNAME and delegations of every kind, the same for the same seed.</summary>
public sealed class RandomZone
{
    private const string Apex = "r.test";
    private static readonly string[] Labels = ["a", "b", "c", "*"];
    private static readonly string[] Asked = ["a", "b", "c", "x"];
    private static readonly string[] Types = ["A", "TXT", "MX", "DS"];

    private readonly Random _random;
    private readonly bool _isOptOut;
    private readonly Dictionary<string, string> _content = new(StringComparer.Ordinal);

    /// <summary>Adds the zone to a world.</summary>
    /// <param name="world">The world.</param>
    /// <param name="seed">What it depends on; its rest by three tells how it denies.</param>
    public RandomZone(ConformanceWorld world, int seed)
    {
        ArgumentNullException.ThrowIfNull(world);
#pragma warning disable CA5394 // A zone that can be repeated, not a secret.
        _random = new(seed);
        _isOptOut = seed % 3 == (int)SignedZoneDenial.Nsec3OptOut;
        var zone = world.Server.AddZone(Apex, new SignedZoneOptions { Denial = (SignedZoneDenial)(seed % 3), Iterations = (ushort)(seed % 3) });
        for (var count = _random.Next(8, 24); count > 0; count--)
            Add(world, zone, Name(Labels, _random.Next(1, 4)), _random.Next(20));
#pragma warning restore CA5394
    }

    /// <summary>Every question: the names of up to three labels, those that are there and many that are not, the wildcards, and each of the types.</summary>
    public IEnumerable<string> Questions =>
        from name in Asked.Concat(Two).Concat(from first in Asked from rest in Two select $"{first}.{rest}").Select(static name => $"{name}.{Apex}").Append(Apex).Concat(Wildcards)
        from type in Types
        select $"{name} {type}";

    // Those that can be asked for: an asterisk is no label of a name otherwise.
    private IEnumerable<string> Wildcards => _content.Keys.Where(static owner => owner.LastIndexOf('*') == 0).Order(StringComparer.Ordinal);

    /// <summary>Whether a name is not there, and the wildcard for it is there for names below it only (RFC 4592 §4.9).</summary>
    /// <param name="name">The name.</param>
    public bool IsOfAnEmptyWildcard(string name)
    {
        while (!Exists(name))
        {
            name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            if (Exists(name))
                return !_content.ContainsKey("*." + name) && Exists("*." + name);
        }
        return false;
    }

    /// <summary>Whether a name lies below one that is there for delegations only which nobody vouches for, so that a zone with opt-out has no record of it (RFC 5155 §7.1).</summary>
    /// <param name="name">The name.</param>
    public bool IsBelowAHiddenName(string name)
    {
        for (var at = name; at != Apex; at = at[(at.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            var here = _content.Where(pair => pair.Key == at || pair.Key.EndsWith("." + at, StringComparison.Ordinal)).ToList();
            if (here.Count > 0 && here.TrueForAll(static pair => pair.Value is "delegated: Unsigned" or "delegated: WithoutDs"))
                return _isOptOut;
        }
        return false;
    }

    private bool Exists(string name) => name == Apex || _content.Keys.Any(owner => owner == name || owner.EndsWith("." + name, StringComparison.Ordinal));

    private static IEnumerable<string> Two => from first in Asked from second in Asked select $"{first}.{second}";

    public override string ToString() => string.Join("; ", _content.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} {pair.Value}"));

    private void Add(ConformanceWorld world, SignedZone zone, string owner, int what)
    {
        var isWildcard = owner.StartsWith('*');
        // Aliases stand alone, and below a delegation or a DNAME there is nothing.
        if (_content.ContainsKey(owner) || _content.Keys.Any(other => IsOpaque(other) && owner.EndsWith("." + other, StringComparison.Ordinal)))
            return;
        var target = Name(Asked, 2);
        switch (what)
        {
            case < 8:
                Put(zone, owner, DnsRecordType.A, ConformanceWorld.At);
                break;
            case < 10:
                Put(zone, owner, DnsRecordType.Txt, "text");
                break;
            case < 12:
                Put(zone, owner, DnsRecordType.Mx, "10 " + target);
                break;
            case < 15:
                Put(zone, owner, DnsRecordType.Cname, what == 14 ? "a.insec.test" : target);
                break;
            case 15 when !isWildcard && IsFree(owner):
                Put(zone, owner, DnsRecordType.Dname, "t." + Apex);
                break;
            case > 15 when !owner.Contains('*', StringComparison.Ordinal) && IsFree(owner):
                var delegation = (SignedZoneDelegation)(what - 16);
                world.Server.AddZone(owner, new SignedZoneOptions { Delegation = delegation }).Add("a." + owner, DnsRecordType.A, ConformanceWorld.At).Add("*.b." + owner, DnsRecordType.Txt, "text");
                _content[owner] = $"delegated: {delegation}";
                break;
        }
    }

    private bool IsFree(string owner) => !_content.Keys.Any(other => other.EndsWith("." + owner, StringComparison.Ordinal));

    private bool IsOpaque(string owner) => _content[owner].StartsWith("deleg", StringComparison.Ordinal) || _content[owner].StartsWith("Dname", StringComparison.Ordinal);

    private void Put(SignedZone zone, string owner, DnsRecordType type, string text)
    {
        zone.Add(owner, type, text);
        _content[owner] = string.Create(CultureInfo.InvariantCulture, $"{type} {text}");
    }

#pragma warning disable CA5394
    private string Name(string[] labels, int count) => string.Join('.', Enumerable.Range(0, count).Select(_ => labels[_random.Next(labels.Length)])) + "." + Apex;
#pragma warning restore CA5394
}
