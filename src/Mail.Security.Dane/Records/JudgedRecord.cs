using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>A record with what was found when it was read, so that it is read once.</summary>
/// <param name="Record">The record.</param>
/// <param name="Reason">Why it cannot be used; none when it can.</param>
/// <param name="Anchor">The trust anchor a DANE-TA(2) record has in full; null for any other.</param>
internal sealed record JudgedRecord(TlsaRecord Record, TlsaUnusability Reason, PathAnchor? Anchor);
