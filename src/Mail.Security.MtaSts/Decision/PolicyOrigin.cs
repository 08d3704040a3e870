namespace Mail.Security.MtaSts;

/// <summary>Where a policy in force came from.</summary>
public enum PolicyOrigin : byte
{
    /// <summary>From the store.</summary>
    Cache = 0,

    /// <summary>From the policy host, for this decision.</summary>
    Fetched = 1,
}
