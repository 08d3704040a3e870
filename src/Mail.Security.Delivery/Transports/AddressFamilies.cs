namespace Mail.Security.Delivery;

/// <summary>The address families in which hosts are dialed.</summary>
public enum AddressFamilies : byte
{
    /// <summary>IPv6 and IPv4.</summary>
    Any = 0,

    /// <summary>IPv4 only.</summary>
    IPv4Only,

    /// <summary>IPv6 only.</summary>
    IPv6Only,
}
