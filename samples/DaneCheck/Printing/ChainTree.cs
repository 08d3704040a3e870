using Mail.Security.Dnssec;

namespace DaneCheck.Printing;

/// <summary>The chains of many answers as one tree: what they share stands once.</summary>
internal sealed class ChainTree
{
    private const string Root = ".";
    private readonly List<ChainNode> _tops = [];
    private readonly Dictionary<string, ChainNode> _zones = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The zones of trust anchors, mostly the root alone.</summary>
    public IReadOnlyList<ChainNode> Tops => _tops;

    public static ChainTree Of(IEnumerable<IReadOnlyList<DnssecLink>> chains)
    {
        var tree = new ChainTree();
        foreach (var chain in chains)
            tree.Add(chain);
        return tree;
    }

    private void Add(IReadOnlyList<DnssecLink> chain)
    {
        foreach (var link in chain)
        {
            // A zone has a name; records have an owner and a type.
            if (link.Name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end)
                AddTo(Above(chain, link.Name[..end], link.Name[(end + 1)..])?.Below ?? _tops, link);
            else if (!_zones.ContainsKey(link.Name))
                _zones.Add(link.Name, AddTo(Nearest(_zones.Values, link.Name)?.Below ?? _tops, link));
        }
    }

    private static ChainNode AddTo(List<ChainNode> place, DnssecLink link)
    {
        if (place.Find(node => node.Link.Name == link.Name) is { } known)
            return known;
        var added = new ChainNode(link);
        place.Add(added);
        return added;
    }

    // DS records are those of the zone above (RFC 4035 §2.4), all others those of the zone that the name is in.
    private ChainNode? Above(IReadOnlyList<DnssecLink> chain, string owner, string type) =>
        Nearest(chain.Select(link => _zones.GetValueOrDefault(link.Name)).OfType<ChainNode>(), owner) is not { } nearest ? null
            : type == "DS" && string.Equals(nearest.Link.Name, owner, StringComparison.OrdinalIgnoreCase) ? Nearest(_zones.Values.Where(zone => zone != nearest), owner)
            : nearest;

    private static ChainNode? Nearest(IEnumerable<ChainNode> zones, string name) =>
        zones.Where(zone => IsIn(name, zone.Link.Name)).MaxBy(static zone => zone.Link.Name == Root ? 0 : zone.Link.Name.Length);

    private static bool IsIn(string name, string zone) => zone == Root || name.Equals(zone, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase);
}
