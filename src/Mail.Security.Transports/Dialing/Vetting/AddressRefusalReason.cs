namespace Mail.Security.Transports;

/// <summary>The reason why an address is not dialed.</summary>
public enum AddressRefusalReason : byte
{
    /// <summary>It is no address of the Internet at large.</summary>
    NotPublic = 0,

    /// <summary>It is this host's own.</summary>
    Own,
}
