using System.Net;

namespace Mail.Security.Dnssec;

/// <summary>Looks up what mail transport needs, and any other record, each answer with its security state.</summary>
/// <remarks>
/// Every name is absolute: no search list is ever applied. All methods but <see cref="GetCnameAsync"/> follow aliases and
/// report them; an alias asked for as octets (<see cref="GetRawAsync"/> with type 5) is not followed either. The empty name is the root in <see cref="GetNsAsync"/>, <see cref="GetSoaAsync"/>, <see cref="GetDnskeyAsync"/>
/// and <see cref="GetRawAsync"/>. The world's faults are <see cref="DnsAnswer{T}.Failed"/>; what is thrown is misuse (an empty name in any other lookup),
/// disposal or the caller's cancellation. Implementations are safe for use by many callers at once.
/// </remarks>
public interface IDnssecResolver
{
    /// <summary>Looks up mail exchangers (RFC 5321 §5.1).</summary>
    /// <param name="name">The mail domain.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The records by rising preference, equal ones in the order of the answer. A null MX (RFC 7505 §3) is reported only
    /// where it is the single record. Records with an exchange that is no domain name are left out; when no other is
    /// left the answer is <see cref="DnsFailure.Malformed"/>.
    /// </returns>
    ValueTask<DnsAnswer<MxRecord>> GetMxAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up IPv4 addresses, with a security state of their own.</summary>
    /// <param name="name">The host.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The addresses in the order of the answer.</returns>
    ValueTask<DnsAnswer<IPAddress>> GetAAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up IPv6 addresses, with a security state of their own.</summary>
    /// <param name="name">The host.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The addresses in the order of the answer.</returns>
    ValueTask<DnsAnswer<IPAddress>> GetAaaaAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up the CNAME at the name itself; it is not followed.</summary>
    /// <param name="name">The possible alias.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One target, with <paramref name="name"/> as the canonical name; <see cref="DnsAnswer{T}.Absent"/> when the name is no alias.</returns>
    ValueTask<DnsAnswer<DomainName>> GetCnameAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up text records.</summary>
    /// <param name="name">The owner, underscores included.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// One string per record: its character-strings joined without a separator (RFC 7208 §3.3), each octet
    /// one character, so that octets above 127 appear as U+0080 to U+00FF.
    /// </returns>
    ValueTask<DnsAnswer<string>> GetTxtAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up the names of an address (RFC 1035 §3.3.12).</summary>
    /// <param name="name">The name that stands for the address: <see cref="ReverseName.Of"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The names, each once, in the order of the answer. Whoever owns the address chose them: they prove nothing before they lead back to it. Names that are no domain names are left
    /// out; when no other is left the answer is <see cref="DnsFailure.Malformed"/>.
    /// </returns>
    ValueTask<DnsAnswer<DomainName>> GetPtrAsync(DomainName name, CancellationToken cancellationToken = default);

    /// <summary>Looks up TLSA records (RFC 6698 §2).</summary>
    /// <param name="owner">The whole owner name, such as <c>_25._tcp.mx.example.com</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The records in the order of the answer, usable or not. Record data under three octets is left out; when no other
    /// record is left the answer is <see cref="DnsFailure.Malformed"/>, never an absence.
    /// </returns>
    ValueTask<DnsAnswer<TlsaRecord>> GetTlsaAsync(DomainName owner, CancellationToken cancellationToken = default);

    /// <summary>Looks up the name servers of a zone (RFC 1035 §3.3.11).</summary>
    /// <param name="zone">The name where the zone begins; empty for the root.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The servers, each once, in the order of the answer. Names that are no domain names are left out; when no other is left the answer is <see cref="DnsFailure.Malformed"/>.
    /// </returns>
    ValueTask<DnsAnswer<DomainName>> GetNsAsync(DomainName zone, CancellationToken cancellationToken = default);

    /// <summary>Looks up the places of a service.</summary>
    /// <param name="owner">The whole owner name, such as <c>_imaps._tcp.example.com</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The records by rising priority, equal ones in the order of the answer: to choose by weight is up to the caller. That the service does not exist
    /// (<see cref="SrvRecord.IsUnavailable"/>) is reported only where it is the single record. Records with a target that is no domain name are left out;
    /// when no other is left the answer is <see cref="DnsFailure.Malformed"/>.
    /// </returns>
    ValueTask<DnsAnswer<SrvRecord>> GetSrvAsync(DomainName owner, CancellationToken cancellationToken = default);

    /// <summary>Looks up the start of a zone of authority (RFC 1035 §3.3.13).</summary>
    /// <param name="zone">The name where the zone begins; for any other the answer is an absence. Empty for the root.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One record; several that differ are a <see cref="DnsFailure.Malformed"/>.</returns>
    ValueTask<DnsAnswer<SoaRecord>> GetSoaAsync(DomainName zone, CancellationToken cancellationToken = default);

    /// <summary>Looks up the delegation signers of a zone, which the zone above holds (RFC 4034 §5).</summary>
    /// <param name="zone">The name where the zone begins.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The records, each once, in the order of the answer, of known algorithms or not. Record data without a digest is left out; when no other record is left the
    /// answer is <see cref="DnsFailure.Malformed"/>, never an absence.
    /// </returns>
    ValueTask<DnsAnswer<DsRecord>> GetDsAsync(DomainName zone, CancellationToken cancellationToken = default);

    /// <summary>Looks up the keys of a zone (RFC 4034 §2).</summary>
    /// <param name="zone">The name where the zone begins; empty for the root.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The keys, each once, in the order of the answer, of known algorithms or not, revoked ones included. Record data without a key is left out; when no other record
    /// is left the answer is <see cref="DnsFailure.Malformed"/>, never an absence.
    /// </returns>
    ValueTask<DnsAnswer<DnskeyRecord>> GetDnskeyAsync(DomainName zone, CancellationToken cancellationToken = default);

    /// <summary>Looks up records of any type as octets.</summary>
    /// <param name="name">The owner; empty for the root.</param>
    /// <param name="type">The number of the type. Zero, 41 (OPT), 46 (RRSIG, which nobody signs) and 128 to 255, which stand in questions and messages only, are refused by an <see cref="ArgumentOutOfRangeException"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the result is then an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The records, each once, in the order of the answer, each with its owner and its data in canonical form. Where the names in such data cannot be read the record is
    /// left out; when no other is left the answer is <see cref="DnsFailure.Malformed"/>.
    /// </returns>
    ValueTask<DnsAnswer<DnsRecord>> GetRawAsync(DomainName name, ushort type, CancellationToken cancellationToken = default);
}
