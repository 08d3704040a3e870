namespace Mail.Security.Delivery;

/// <summary>What DANE means for a host whose name was found by an insecure MX lookup (RFC 7672 §2.2.1).</summary>
public enum InsecureMxPolicy : byte
{
    /// <summary>DANE does not apply: whoever can forge the MX record can name a host of his own.</summary>
    Opportunistic = 0,

    /// <summary>
    /// DANE is applied to such hosts all the same: it protects the way to the host named, not the choice of the host. So it does not meet
    /// <see cref="DaneRequirement.Always"/>, under which mail waits until the MX records are secure.
    /// </summary>
    Dane,
}
