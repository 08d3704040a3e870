namespace Mail.Security.Transports;

/// <summary>Why an address is not dialed.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Detail">The same in a few words, for people.</param>
public sealed record AddressRefusal(AddressRefusalReason Reason, string Detail);
