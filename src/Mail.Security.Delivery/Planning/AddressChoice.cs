using System.Net;

namespace Mail.Security.Delivery;

/// <summary>Which addresses of a host are dialed.</summary>
/// <param name="Addresses">In the order to dial them.</param>
/// <param name="Fault">Why there is none; null when there is one.</param>
/// <param name="Note">Which were left out, and why, in one sentence; empty for none.</param>
/// <param name="Evidence">Whether one of them is this host's own.</param>
internal sealed record AddressChoice(IReadOnlyList<IPAddress> Addresses, DeliveryFailure? Fault, string Note, LoopEvidence Evidence)
{
    public static AddressChoice Loop(DeliveryFailure why, string note) => new([], why, note, LoopEvidence.OwnAddress);
}

/// <summary>Whether mail for a host would come back.</summary>
internal enum LoopEvidence : byte
{
    None = 0,

    /// <summary>An address of the host is this host's own.</summary>
    OwnAddress,
}
