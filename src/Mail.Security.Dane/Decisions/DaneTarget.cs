using Mail.Security.Dnssec;

namespace Mail.Security.Dane;

/// <summary>One server that DANE may protect, with what the address lookup said of it (RFC 7672 §2.2.2).</summary>
/// <remarks>The addresses must be looked up first: servers whose zone is unsigned may answer TLSA questions with errors, and must not be asked.</remarks>
/// <param name="Host">The name as found: the MX host name as in the MX record, or the next hop itself when it has no MX records.</param>
/// <param name="Port">The TCP port that will be connected to: it is part of the TLSA owner name.</param>
/// <param name="ExpandedHost">The canonical name of the address answer; equal to <paramref name="Host"/>, or empty, when it is no alias.</param>
/// <param name="AddressSecurity">The least security among the address records and all aliases on the way to them.</param>
/// <param name="NextHopNames">
/// Further names a DANE-TA(2) certificate may have (RFC 7672 §3.2.2): after a secure MX lookup the original next hop and
/// its expansion when it is an alias. Empty when the MX records were insecure.
/// </param>
public sealed record DaneTarget(DomainName Host, ushort Port, DomainName ExpandedHost, DnsSecurity AddressSecurity, IReadOnlyList<DomainName> NextHopNames);
