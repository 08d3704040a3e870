namespace Mail.Security.Delivery;

/// <summary>Whether a destination must be proven by DANE.</summary>
public enum DaneRequirement : byte
{
    /// <summary>DANE holds where there are secure TLSA records.</summary>
    WherePublished = 0,

    /// <summary>
    /// A host without secure, usable TLSA records gets no mail, and neither does one that MX records name which are not secure, whatever
    /// <see cref="InsecureMxPolicy"/> says (RFC 7672 §2.2.1): mail for it waits.
    /// </summary>
    Always,
}
