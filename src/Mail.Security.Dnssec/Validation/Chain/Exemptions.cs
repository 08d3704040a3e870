namespace Mail.Security.Dnssec;

/// <summary>The negative trust anchors, by their names.</summary>
internal sealed class Exemptions
{
    private readonly Dictionary<CanonicalName, NegativeTrustAnchor> _names;

    public Exemptions(IReadOnlyList<NegativeTrustAnchor> anchors) => _names = anchors.ToDictionary(static anchor => CanonicalName.Of(anchor.Name));

    public bool IsEmpty => _names.Count == 0;

    /// <summary>The state of names at or below one, where it is nearer than the trust anchor above them; null elsewhere.</summary>
    /// <param name="name">The name.</param>
    /// <param name="anchored">The zone of the nearest trust anchor.</param>
    /// <param name="now">The time, after which some have ended.</param>
    public ZoneState.Insecure? Of(CanonicalName name, CanonicalName anchored, DateTimeOffset now)
    {
        for (var labels = name.Labels; labels > anchored.Labels; labels--)
        {
            var zone = name.Ancestor(labels);
            if (_names.TryGetValue(zone, out var anchor) && !(anchor.Expires <= now))
                return State(zone, anchor);
        }
        return null;
    }

    private static ZoneState.Insecure State(CanonicalName zone, NegativeTrustAnchor anchor)
    {
        var note = new ExtendedDnsError(0, $"nothing is validated at or below {anchor}: the configuration has a negative trust anchor for it");
        return new(zone, [new DnssecLink(zone.ToString(), DnssecLinkState.Insecure, null, "", note.Text)], note) { Ends = anchor.Expires };
    }
}
