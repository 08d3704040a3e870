namespace Mail.Security.Dnssec;

/// <summary>One step of the chain from a trust anchor to an answer: a zone, or the records at its end. For display and scripts.</summary>
/// <param name="Name">The zone, "." for the root; or owner and type of the records, such as <c>example.com MX</c>.</param>
/// <param name="State">What this step came to.</param>
/// <param name="KeyTag">The key that was proven or that signed; null where there is none.</param>
/// <param name="Algorithm">The mnemonic of that key's algorithm; empty where there is none.</param>
/// <param name="Detail">How it was proven, or why not: one line for people.</param>
public sealed record DnssecLink(string Name, DnssecLinkState State, ushort? KeyTag, string Algorithm, string Detail);
