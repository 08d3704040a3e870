namespace Mail.Security.Dnssec;

/// <summary>What a validation goes by; made of the options once.</summary>
internal sealed class ValidationRules
{
    // A name of 127 labels and the zones of some aliases; each question is one exchange at least.
    private const int MaxQuestions = 150;

    // The checks of a zone whose keys are being changed.
    private const int MaxSignaturesOfZone = 50;

    // A denial of DS records looks at the name, its parent and the wildcard.
    private const int HashedNamesOfZone = 6;

    private Dictionary<CanonicalName, DsData[]> _anchors;

    public ValidationRules(DnssecResolverOptions options)
    {
        (ClockSkew, Sha1, MaxNsec3Iterations, _maxSignatures, _maxHashes) =
            (options.ClockSkew, options.Sha1, options.MaxNsec3Iterations, options.MaxSignatureChecks, options.Nsec3Hashes);
        _anchors = ByZone(options.TrustAnchors);
        _exemptions = new(options.NegativeTrustAnchors);
    }

    private readonly Exemptions _exemptions;
    private readonly int _maxSignatures;
    private readonly int _maxHashes;

    public TimeSpan ClockSkew { get; }

    public Sha1Use Sha1 { get; }

    public int MaxNsec3Iterations { get; }

    /// <summary>How many servers there are, each of which may be asked in turn.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>What judging one server's DS records, or keys, of one zone may cost, of which an answer may need some. Questions are counted by who asks them.</summary>
    public WorkBudget ZoneBudget() => new(Math.Min(_maxSignatures, MaxSignaturesOfZone), Math.Min(_maxHashes, HashedNamesOfZone * (MaxNsec3Iterations + 1)), 0);

    /// <summary>What one answer may cost, the zones on the way to it included; further servers, whose words on these zones were not believed or dearer, the same again each.</summary>
    public WorkBudget Budget() => new(_maxSignatures, _maxHashes, MaxQuestions, Servers - 1);

    /// <summary>The nearest trust anchor at or above a name (RFC 6840 §5.10); null when there is none.</summary>
    public (CanonicalName Zone, DsData[] Signers)? AnchorOf(CanonicalName name)
    {
        var anchors = Volatile.Read(ref _anchors);
        for (var labels = name.Labels; labels >= 0; labels--)
        {
            var zone = name.Ancestor(labels);
            if (anchors.TryGetValue(zone, out var signers))
                return (zone, signers);
        }
        return null;
    }

    /// <summary>The state of a name that is not validated because a negative trust anchor is at or above it, nearer than the trust anchor; null where there is none.</summary>
    public ZoneState.Insecure? ExemptionOf(CanonicalName name, DateTimeOffset now) => !_exemptions.IsEmpty && AnchorOf(name) is var (anchored, _) ? _exemptions.Of(name, anchored, now) : null;

    /// <summary>Puts other trust anchors in force.</summary>
    public void Use(IReadOnlyList<TrustAnchor> anchors) => Volatile.Write(ref _anchors, ByZone(anchors));

    private static Dictionary<CanonicalName, DsData[]> ByZone(IReadOnlyList<TrustAnchor> anchors) =>
        anchors.GroupBy(static anchor => CanonicalName.Of(anchor.Zone)).ToDictionary(static group => group.Key, static group => group.Select(static anchor => anchor.ToSigner()).ToArray());
}
