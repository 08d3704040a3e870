using System.Globalization;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>What the operator demands for some recipient domains where mail goes to their own mail exchangers. It can only raise what DANE, MTA-STS and the sender demand.</summary>
/// <remarks>
/// It holds for "TLS-Required: No" too: that header field waives what the recipient domain publishes (RFC 8689 §4.2.2), not what the operator wants. A smarthost or submission server
/// has demands of its own.
/// </remarks>
public sealed record DestinationPolicy
{
    /// <summary>The policy that demands nothing.</summary>
    public static DestinationPolicy None { get; } = new() { Domains = [] };

    /// <summary>The recipient domains; at least one. Limits are shared by all of them.</summary>
    public required IReadOnlyList<DomainPattern> Domains { get; init; }

    /// <summary>The families in which hosts are dialed. Default: both.</summary>
    public AddressFamilies Families { get; init; }

    /// <summary>The least a session must offer. Default <see cref="TlsFloor.Opportunistic"/>.</summary>
    public TlsFloor LeastTls { get; init; }

    /// <summary>Whether hosts must be proven by DANE. Default <see cref="DaneRequirement.WherePublished"/>. <see cref="DaneRequirement.Always"/> demands <see cref="TlsFloor.Authenticate"/> too.</summary>
    public DaneRequirement Dane { get; init; }

    /// <summary>The least TLS version. Default <see cref="LeastTlsVersion.Tls12"/>; a higher one demands TLS too, or a host that lacks it would get the message in the clear.</summary>
    public LeastTlsVersion LeastVersion { get; init; }

    /// <summary>How many attempts may run at a time; null for no limit of its own. Over it a message waits, and no attempt is counted.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How many messages may be attempted in a time; null for no limit. Over it a message waits, and no attempt is counted.</summary>
    public MessageRate? Rate { get; init; }

    /// <summary>The least TLS that follows from all demands.</summary>
    /// <remarks>DANE proves a host by its certificate, so who demands it always demands an authenticated session of every message.</remarks>
    internal TlsFloor Floor => Dane == DaneRequirement.Always ? TlsFloor.Authenticate
        : LeastVersion > LeastTlsVersion.Tls12 && LeastTls == TlsFloor.Opportunistic ? TlsFloor.Encrypt
        : LeastTls;

    internal bool HasLimits => MaxConnections is not null || Rate is not null;

    internal IEnumerable<RoutingProblem> Problems()
    {
        if (Domains.Count == 0 || Domains.Contains(default))
            yield return new RoutingProblem(nameof(Domains), "at least one domain is needed, and each must match something");
        if (MaxConnections is < 1)
            yield return new RoutingProblem(nameof(MaxConnections), "at least one connection must be allowed");
        if (Rate is { IsValid: false })
            yield return new RoutingProblem(nameof(Rate), "1 to 100000 messages in a time of at most a day");
    }

    /// <summary>The demands in words.</summary>
    /// <returns>"for .example.com: authenticate, DANE".</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"for {string.Join(' ', Domains)}: {LeastTls.ToString().ToLowerInvariant()}{(Dane == DaneRequirement.Always ? ", DANE" : "")}{(LeastVersion == LeastTlsVersion.Tls13 ? ", TLS 1.3" : "")}");
}
