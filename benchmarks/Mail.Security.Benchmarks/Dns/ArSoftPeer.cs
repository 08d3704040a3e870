using System.Net;
using ARSoft.Tools.Net.Dns;
using Mail.Security.Dnssec;

namespace Mail.Security.Benchmarks.Dns;

/// <summary>The stub resolver of ARSoft.Tools.Net that validates by itself, at the same server and from the same trust anchors.</summary>
internal sealed class ArSoftPeer(IReadOnlyList<TrustAnchor> anchors) : IDisposable
{
    private readonly SelfValidatingInternalDnsSecStubResolver _resolver = new(
        new([DnsPeers.Resolver.Address], [new UdpClientTransport(DnsPeers.Resolver.Port), new TcpClientTransport(DnsPeers.Resolver.Port)], true, 5000), new Hints(anchors));

    public async Task AskAsync(Mail.Security.DomainName host)
    {
        var result = await _resolver.ResolveSecureAsync<ARecord>(ARSoft.Tools.Net.DomainName.Parse(host.Ascii), RecordType.A);
        if (result is not { ValidationResult: DnsSecValidationResult.Signed, Records.Count: 1 })
            throw new InvalidOperationException("An answer is not secure.");
    }

    public void Dispose() => ((IDisposable)_resolver).Dispose();

    private sealed class Hints(IReadOnlyList<TrustAnchor> anchors) : IResolverHintStore
    {
        public IReadOnlyList<IPAddress> RootServers { get; } = [DnsPeers.Resolver.Address];

        public IReadOnlyList<ARSoft.Tools.Net.Dns.DsRecord> RootKeys { get; } = [.. anchors.Select(static anchor => new ARSoft.Tools.Net.Dns.DsRecord(ARSoft.Tools.Net.DomainName.Root, RecordClass.INet, 86400,
            anchor.KeyTag, (DnsSecAlgorithm)anchor.Algorithm, (DnsSecDigestType)anchor.DigestType, [.. anchor.Digest.Span]))];
    }
}
