namespace Mail.Security.Transports;

/// <summary>Whether a proxy of a pool is used.</summary>
public enum ProxyState : byte
{
    /// <summary>It takes its share.</summary>
    Healthy = 0,

    /// <summary>It failed, and is left out for a while.</summary>
    LeftOut,

    /// <summary>Its time is over: the next connection tries it.</summary>
    Due,

    /// <summary>One connection tries it; the others leave it out.</summary>
    Probing,
}
