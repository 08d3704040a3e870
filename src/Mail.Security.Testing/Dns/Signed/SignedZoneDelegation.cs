namespace Mail.Security.Testing;

/// <summary>How a test zone hangs below the zone above it.</summary>
public enum SignedZoneDelegation : byte
{
    /// <summary>The zone is signed, and the zone above has its DS records.</summary>
    Signed,

    /// <summary>The zone is signed, and nobody vouches for it.</summary>
    WithoutDs,

    /// <summary>The zone is not signed, and there are no DS records.</summary>
    Unsigned,

    /// <summary>The zone is not signed, though the zone above has DS records: bogus.</summary>
    UnsignedDespiteDs,
}
