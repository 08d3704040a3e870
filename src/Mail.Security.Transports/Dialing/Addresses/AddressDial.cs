using System.Net;

namespace Mail.Security.Transports;

/// <summary>What became of one address.</summary>
/// <param name="Address">The address and port.</param>
/// <param name="Result">A connection, which the receiver owns, or why there is none.</param>
public sealed record AddressDial(IPEndPoint Address, DialResult Result);
