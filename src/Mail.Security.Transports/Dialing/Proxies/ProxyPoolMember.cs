namespace Mail.Security.Transports;

/// <summary>A proxy of a <see cref="ProxyPool"/>.</summary>
/// <param name="Dialer">Dials through it. Its name is unique in the pool.</param>
/// <param name="Weight">Its share of the connections among the healthy ones; 1 to 1,000,000.</param>
public sealed record ProxyPoolMember(ProxyDialer Dialer, int Weight = 1);
