namespace Mail.Security.Testing;

/// <summary>What a key of a test zone is there for.</summary>
public enum DnssecKeyUse : byte
{
    /// <summary>It is published and signs nothing.</summary>
    Published,

    /// <summary>It signs the zone's keys, and DS records name it.</summary>
    Keys,

    /// <summary>It signs the zone's keys, and no DS record names it.</summary>
    KeysUnnamed,

    /// <summary>It signs the other records of the zone.</summary>
    Records,
}
