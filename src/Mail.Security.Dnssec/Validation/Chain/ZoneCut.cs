namespace Mail.Security.Dnssec;

/// <summary>What a name is, seen from the zone above it.</summary>
internal abstract record ZoneCut
{
    /// <summary>A zone begins here.</summary>
    internal sealed record Zone(ZoneState State) : ZoneCut;

    /// <summary>None begins here; one may further down.</summary>
    internal sealed record None : ZoneCut;

    /// <summary>None begins here or below: the name does not exist.</summary>
    internal sealed record NothingBelow : ZoneCut;
}
