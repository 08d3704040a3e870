using System.Net;
using Mail.Security.Delivery;

namespace Mail.Security.Hosting;

/// <summary>An address from which other hosts see mail come.</summary>
/// <param name="Address">The address.</param>
/// <param name="HelloName">The name said in EHLO there.</param>
/// <param name="Transports">The transports that send so; at least one.</param>
public sealed record SendingAddress(IPAddress Address, DomainName HelloName, IReadOnlyList<TransportName> Transports);
