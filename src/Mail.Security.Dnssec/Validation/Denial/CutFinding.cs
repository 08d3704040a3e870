namespace Mail.Security.Dnssec;

/// <summary>What a proven absence of DS records says of a name (RFC 4035 §5.2, RFC 6840 §4.4).</summary>
internal enum CutFinding : byte
{
    /// <summary>Nothing is proven.</summary>
    NotProven,

    /// <summary>The name belongs to the zone above it, as far as this name goes; a zone may begin below it.</summary>
    NoCut,

    /// <summary>The name does not exist, so that no zone begins below it.</summary>
    NothingBelow,

    /// <summary>A zone begins at the name, or may begin there unseen (opt-out), and nobody vouches for its keys.</summary>
    InsecureDelegation,
}
