namespace Mail.Security.Transports;

/// <summary>Whether addresses of some sort are dialed.</summary>
public enum AddressUse : byte
{
    /// <summary>They are not.</summary>
    Refused = 0,

    /// <summary>They are.</summary>
    Allowed,
}
