namespace Mail.Security.Delivery;

/// <summary>Whether a destination must be proven by DANE.</summary>
public enum DaneRequirement : byte
{
    /// <summary>DANE holds where there are secure TLSA records.</summary>
    WherePublished = 0,

    /// <summary>A host without secure, usable TLSA records gets no mail.</summary>
    Always,
}
