using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>A way by which mail leaves: pure data, a closed set of cases. <see cref="object.ToString"/> describes it in a few words and shows no secret and no user name.</summary>
public abstract record TransportDefinition
{
    private TransportDefinition()
    {
    }

    internal virtual IEnumerable<RoutingProblem> Problems() => [];

    /// <summary>To the mail exchangers of the recipient domain, from this host, under DANE, MTA-STS and REQUIRETLS.</summary>
    public sealed record Direct : TransportDefinition
    {
        /// <summary>The families in which hosts are dialed. Default: both.</summary>
        public AddressFamilies Families { get; init; }

        /// <summary>The IPv4 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV4 { get; init; }

        /// <summary>The IPv6 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV6 { get; init; }

        /// <summary>The name given in EHLO; empty for that of <see cref="DeliveryOptions.HelloName"/>.</summary>
        public DomainName HelloName { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"direct{In(Families)}{From(SourceAddressV4, SourceAddressV6)}";

        internal override IEnumerable<RoutingProblem> Problems() => SourceProblems(SourceAddressV4, SourceAddressV6);
    }

    /// <summary>
    /// To one host that takes all mail, as from a host to a host: opportunistic TLS, or DANE where its name has secure TLSA records (RFC 7672 §2.2.2). No MTA-STS:
    /// the policy of a recipient domain speaks of its mail exchangers.
    /// </summary>
    public sealed record Smarthost : TransportDefinition
    {
        /// <summary>The host; no MX record of it is looked up.</summary>
        public required DomainName Host { get; init; }

        /// <summary>The port. Default 25.</summary>
        public int Port { get; init; } = 25;

        /// <summary>The least a session must offer, whatever the message says. Default <see cref="TlsFloor.Opportunistic"/>; DANE and REQUIRETLS raise it.</summary>
        public TlsFloor LeastTls { get; init; }

        /// <summary>The certificate, with its private key, that is shown when the server asks for one; null shows none. Its owner disposes of it, when no session is opened with it any more.</summary>
        public X509Certificate2? ClientCertificate { get; init; }

        /// <summary>The families in which the host is dialed. Default: both.</summary>
        public AddressFamilies Families { get; init; }

        /// <summary>The IPv4 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV4 { get; init; }

        /// <summary>The IPv6 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV6 { get; init; }

        /// <summary>The name given in EHLO; empty for that of <see cref="DeliveryOptions.HelloName"/>.</summary>
        public DomainName HelloName { get; init; }

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"smarthost {Host}:{Port}{In(Families)}{From(SourceAddressV4, SourceAddressV6)}");

        internal override IEnumerable<RoutingProblem> Problems() => [.. HostProblems(Host, Port), .. SourceProblems(SourceAddressV4, SourceAddressV6)];
    }

    /// <summary>To a submission server, by TLS and mostly with a login (RFC 6409 §3.1, RFC 8314 §3.3). TLS is always required, and verified unless the name of the other thing is written out.</summary>
    public sealed record Submission : TransportDefinition
    {
        /// <summary>The server; the name its certificate must have.</summary>
        public required DomainName Host { get; init; }

        /// <summary>The port; null takes 587 with STARTTLS and 465 with TLS from the start.</summary>
        public int? Port { get; init; }

        /// <summary>How the session comes to TLS. Default <see cref="SubmissionTls.StartTls"/>.</summary>
        public SubmissionTls Tls { get; init; }

        /// <summary>Whether the server must prove who it is. Default <see cref="SubmissionTrust.Verified"/>.</summary>
        public SubmissionTrust Trust { get; init; }

        /// <summary>
        /// Whether the server must be proven by DANE. Default <see cref="DaneRequirement.WherePublished"/>: where its name has secure, usable TLSA records for the port they take the
        /// place of a chain to a trusted root, and a lookup of them that fails makes mail wait (RFC 7673 §3.4, §4.2). PKIX-TA(0) and PKIX-EE(1) records are not used.
        /// </summary>
        public DaneRequirement Dane { get; init; }

        /// <summary>With what the session logs in, and by which mechanisms; null sends no AUTH. One object keeps derived keys for all sessions of the account.</summary>
        /// <remarks>Without verification a mechanism that gives the password away is used only where the selector names it (<see cref="Sasl.SaslClientOptions.AllowedUnverified"/>).</remarks>
        public SmtpClientAuthentication? Authentication { get; init; }

        /// <summary>The certificate, with its private key, that is shown when the server asks for one; null shows none. Its owner disposes of it, when no session is opened with it any more.</summary>
        public X509Certificate2? ClientCertificate { get; init; }

        /// <summary>The families in which the server is dialed. Default: both.</summary>
        public AddressFamilies Families { get; init; }

        /// <summary>The IPv4 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV4 { get; init; }

        /// <summary>The IPv6 address to connect from; null leaves the choice to the dialer of the agent.</summary>
        public IPAddress? SourceAddressV6 { get; init; }

        /// <summary>The name given in EHLO; empty for that of <see cref="DeliveryOptions.HelloName"/>.</summary>
        public DomainName HelloName { get; init; }

        internal int EffectivePort => Port ?? (Tls == SubmissionTls.Implicit ? 465 : 587);

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"submission {Host}:{EffectivePort}{(Tls == SubmissionTls.Implicit ? " with TLS from the start" : "")}{(Trust == SubmissionTrust.Verified ? "" : " without verification")}{(Dane == DaneRequirement.Always ? " by DANE" : "")}{In(Families)}{From(SourceAddressV4, SourceAddressV6)}");

        internal override IEnumerable<RoutingProblem> Problems()
        {
            foreach (var problem in (IEnumerable<RoutingProblem>)[.. HostProblems(Host, EffectivePort), .. SourceProblems(SourceAddressV4, SourceAddressV6)])
                yield return problem;
            // RFC 8314 §3.3 is about TLS that is always there; one that proves nothing is no reason to prefer it.
            if (Trust != SubmissionTrust.Verified && Tls == SubmissionTls.Implicit)
                yield return new RoutingProblem(nameof(Trust), "with TLS from the start the server is always verified");
            if (Trust != SubmissionTrust.Verified && Dane == DaneRequirement.Always)
                yield return new RoutingProblem(nameof(Dane), "what must be proven must be verified");
        }
    }

    /// <summary>As <see cref="Direct"/>, but from the address of a SOCKS5 proxy (RFC 1928 §3). Names are looked up here, and the proxy is given addresses.</summary>
    public sealed record Socks : TransportDefinition
    {
        /// <summary>The proxies; at least one.</summary>
        public required IReadOnlyList<SocksProxy> Proxies { get; init; }

        /// <summary>The name given in EHLO: that of the address from which the proxies connect. Must be set, since that address is not this host's.</summary>
        public required DomainName HelloName { get; init; }

        /// <summary>The addresses from which the proxies connect, for checks of SPF and PTR only. Empty when they are not known.</summary>
        public IReadOnlyList<IPAddress> EgressAddresses { get; init; } = [];

        /// <summary>The families in which hosts are dialed through the proxies. Default: both.</summary>
        public AddressFamilies Families { get; init; }

        /// <summary>True when the other has equal proxies in the same order, and all else is equal.</summary>
        /// <param name="other">The other transport.</param>
        /// <returns>True when equal.</returns>
        public bool Equals(Socks? other) => other is not null && HelloName == other.HelloName && Families == other.Families
            && Proxies.SequenceEqual(other.Proxies) && EgressAddresses.SequenceEqual(other.EgressAddresses);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(HelloName, Families, Proxies.Count, EgressAddresses.Count);

        /// <inheritdoc/>
        public override string ToString() => $"direct through SOCKS5 {string.Join(' ', Proxies)}{In(Families)}";

        internal override IEnumerable<RoutingProblem> Problems()
        {
            if (Proxies.Count == 0)
                yield return new RoutingProblem(nameof(Proxies), "at least one proxy is needed");
            for (var at = 0; at < Proxies.Count; at++)
            {
                foreach (var problem in Proxies[at].Problems())
                    yield return problem.Below(string.Create(CultureInfo.InvariantCulture, $"{nameof(Proxies)}:{at}"));
            }
            if (Proxies.DistinctBy(static proxy => proxy.Name, StringComparer.OrdinalIgnoreCase).Count() != Proxies.Count)
                yield return new RoutingProblem(nameof(Proxies), "two proxies have the same name");
            if (HelloName.IsEmpty)
                yield return new RoutingProblem(nameof(HelloName), "the name of the proxies' own address is needed, for EHLO");
        }
    }

    /// <summary>Nowhere: every attempt ends with a code and a text, such as for domains nobody shall write to.</summary>
    public sealed record Fail : TransportDefinition
    {
        private const int MaxText = 256;

        /// <summary>The code: 400 to 499 keeps the message waiting until it is given up, 500 to 599 returns it at once. Default 554.</summary>
        public int Code { get; init; } = 554;

        /// <summary>The enhanced status; its class agrees with the code. Null takes X.7.0.</summary>
        public EnhancedStatus? Status { get; init; }

        /// <summary>What the sender is told: at most 256 printable ASCII characters.</summary>
        public string Text { get; init; } = "Mail is not delivered to this destination";

        internal EnhancedStatus EffectiveStatus => Status ?? new EnhancedStatus((byte)(Code / 100), 7, 0);

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fail {Code} {EffectiveStatus}");

        internal override IEnumerable<RoutingProblem> Problems()
        {
            if (Code is < 400 or > 599)
                yield return new RoutingProblem(nameof(Code), "the code must be 400 to 599");
            else if (EffectiveStatus.Class != Code / 100)
                yield return new RoutingProblem(nameof(Status), "the class of the status must be the first digit of the code");
            if (Text.Length is 0 or > MaxText || Text.Any(static c => c is < ' ' or > '~'))
                yield return new RoutingProblem(nameof(Text), "the text must be 1 to 256 printable ASCII characters");
        }
    }

    private static IEnumerable<RoutingProblem> HostProblems(DomainName host, int port)
    {
        if (host.IsEmpty)
            yield return new RoutingProblem("Host", "a host is needed");
        if (port is < 1 or > ushort.MaxValue)
            yield return new RoutingProblem("Port", "the port must be 1 to 65535");
    }

    private static IEnumerable<RoutingProblem> SourceProblems(IPAddress? four, IPAddress? six)
    {
        if (four is { AddressFamily: not AddressFamily.InterNetwork })
            yield return new RoutingProblem("SourceAddressV4", "that is no IPv4 address");
        if (six is { AddressFamily: not AddressFamily.InterNetworkV6 })
            yield return new RoutingProblem("SourceAddressV6", "that is no IPv6 address");
    }

    private static string In(AddressFamilies families) => families switch
    {
        AddressFamilies.IPv4Only => " by IPv4 only",
        AddressFamilies.IPv6Only => " by IPv6 only",
        _ => "",
    };

    private static string From(IPAddress? four, IPAddress? six) => (four, six) switch
    {
        (null, null) => "",
        (not null, not null) => $" from {four} and {six}",
        _ => $" from {four ?? six}",
    };
}
