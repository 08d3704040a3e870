using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Smtp;
using Mail.Security.Testing;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

/// <summary>A small world: names, mail exchangers with real TLS, a certificate authority, and an agent that delivers into it.</summary>
internal sealed class DeliveryWorld : IAsyncDisposable
{
    private readonly List<IDisposable> _certificates = [];
    private readonly Dictionary<IPAddress, ScriptedSmtpPeer> _peers = [];
    private readonly HashSet<IPAddress> _withoutRoute = [];
    private readonly HashSet<IPAddress> _silent = [];
    private readonly MapDialer _dialer;
    private int _address;
    private int _open;

    public DeliveryWorld()
    {
        _dialer = new MapDialer(this);
        Authority = TestCertificateAuthority.CreateRoot();
        _certificates.Add(Authority);
    }

    public InMemoryResolver Resolver { get; } = new();

    public InMemoryMtaStsStore Policies { get; } = new();

    public TestCertificateAuthority Authority { get; }

    public DeliveryOptions Options { get; } = new() { HelloName = DomainName.Parse("sender.test"), Timeouts = new SmtpTimeouts { Quit = TimeSpan.FromSeconds(2) }, Vetting = new() { AllowedNetworks = [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("2001:db8::/32")] } };

    public ConcurrentQueue<IPEndPoint> Dialed { get; } = [];

    public DeliveryPlanner Planner => new(Resolver, new MtaStsResolver(Resolver, Policies, new MtaStsFetcher(Resolver)), Options);

    public DeliveryAgent Agent => AgentBy(TimeProvider.System);

    public DeliveryRouting Routing { get; } = new();

    /// <summary>Shared by all agents of the world; null, the default, opens a connection for each message.</summary>
    public SmtpSessionPool? Pool { get; set; }

    public DeliveryAgent AgentBy(TimeProvider time) => new(Planner, _dialer, Options, time, null, Routing, pool: Pool);

    /// <summary>Puts transports and routes in force.</summary>
    public void Route(Dictionary<string, TransportDefinition> transports, params RouteRule[] rules) =>
        Routing.Replace(new DeliveryRoutes(new TransportCatalog(transports.ToDictionary(static pair => TransportName.Parse(pair.Key), static pair => pair.Value)), new RouteTable(rules)));

    /// <summary>A certificate of the authority.</summary>
    public X509Certificate2 Issue(string name) => Keep(Authority.Issue(name));

    public X509Certificate2 SelfSigned(string name) => Keep(TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = [name] }));

    /// <summary>Raises a host with an address of its own.</summary>
    public ScriptedSmtpPeer AddHost(string name, X509Certificate2? certificate, Action<MailExchangerOptions>? configure = null, params string[] underTls) =>
        AddHost(name, certificate, false, configure, underTls);

    /// <summary>Raises a host with an address of its own, with TLS from the start or by STARTTLS.</summary>
    public ScriptedSmtpPeer AddHost(string name, X509Certificate2? certificate, bool implicitTls, Action<MailExchangerOptions>? configure = null, params string[] underTls)
    {
        var options = new MailExchangerOptions { HostName = name, ImplicitTls = implicitTls, Tls = certificate is null ? null : new SmtpPeerTls(certificate), KeywordsUnderTls = [.. underTls] };
        configure?.Invoke(options);
        return AddHost(options);
    }

    /// <summary>Raises a host with an address of its own.</summary>
    public ScriptedSmtpPeer AddHost(MailExchangerOptions options)
    {
        return AddPeer(options.HostName, ScriptedSmtpPeer.StartMailExchanger(options));
    }

    /// <summary>Gives a host an address of its own.</summary>
    public ScriptedSmtpPeer AddPeer(string name, ScriptedSmtpPeer peer)
    {
        var address = IPAddress.Parse($"192.0.2.{++_address}");
        _peers[address] = peer;
        Resolver.AddAddress(name, address.ToString());
        return peer;
    }

    /// <summary>An address at which nothing listens.</summary>
    public void AddDeadHost(string name) => Resolver.AddAddress(name, $"192.0.2.{++_address}");

    /// <summary>An address this side has no route to.</summary>
    public void AddHostWithoutRoute(string name)
    {
        var address = IPAddress.Parse($"192.0.2.{++_address}");
        _withoutRoute.Add(address);
        Resolver.AddAddress(name, address.ToString());
    }

    /// <summary>An address from which no answer comes.</summary>
    public IPAddress AddSilentHost(string name)
    {
        var address = IPAddress.Parse($"192.0.2.{++_address}");
        _silent.Add(address);
        Resolver.AddAddress(name, address.ToString());
        return address;
    }

    public void AddTlsa(string host, X509Certificate2 certificate, TlsaUsage usage = TlsaUsage.DaneEe) =>
        Resolver.AddTlsa($"_25._tcp.{host}", TlsaRecordMaker.FromCertificate(certificate, usage, TlsaSelector.PublicKey, TlsaMatching.Sha256).ToString());

    public async Task SetPolicyAsync(string domain, string mode, params string[] mx)
    {
        var text = $"version: STSv1\nmode: {mode}\nmax_age: 86400\n{string.Concat(mx.Select(host => $"mx: {host}\n"))}";
        var policy = Assert.IsType<MtaStsPolicyParseResult.Valid>(MtaStsPolicy.Parse(text)).Policy;
        await Policies.SetAsync(new CachedMtaStsPolicy(Domain(domain), "v1", policy, TimeProvider.System.GetUtcNow()), TestContext.Current.CancellationToken);
        Resolver.AddTxt($"_mta-sts.{domain}", "v=STSv1; id=v1;");
    }

    public async Task<AttemptReport> DeliverAsync(string domain, TlsDemand demand = TlsDemand.Default, params string[] locals) => await Agent.DeliverAsync(
        Request(domain, demand, locals), TestContext.Current.CancellationToken);

    public static DeliveryRequest Request(string domain, TlsDemand demand = TlsDemand.Default, params string[] locals) => new()
    {
        Domain = Domain(domain),
        Envelope = new SmtpEnvelope
        {
            ReversePath = MailPath.Parse("from@sender.test"),
            Recipients = [.. (locals.Length == 0 ? ["to"] : locals).Select(local => new SmtpRecipient(MailPath.Parse($"{local}@{domain}")))],
            TlsDemand = demand,
        },
        Content = new BytesContent("Subject: test\r\n\r\nHello\r\n"u8.ToArray()),
    };

    public static RecipientDomain Domain(string name) => new(DomainName.Parse(name));

    public async ValueTask DisposeAsync()
    {
        if (Pool is not null)
            await Pool.DisposeAsync();
        foreach (var peer in _peers.Values)
            await peer.DisposeAsync();
        _certificates.ForEach(certificate => certificate.Dispose());
        Assert.Equal(0, Volatile.Read(ref _open));         // whatever an attempt came to, it closed what it opened
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _certificates.Add(certificate);
        return certificate;
    }

    /// <summary>Leads the documentation addresses of the world to the peers on loopback.</summary>
    private sealed class MapDialer(DeliveryWorld world) : SmtpDialer
    {
        public override async ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default)
        {
            world.Dialed.Enqueue(endpoint);
            if (world._silent.Contains(endpoint.Address))
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return world._peers.TryGetValue(endpoint.Address, out var peer) ? await ConnectAsync(peer, endpoint, cancellationToken)
                : world._withoutRoute.Contains(endpoint.Address) ? new DialResult.Failed(DialFailure.Unreachable, $"no route to {endpoint}")
                : new DialResult.Failed(DialFailure.Refused, $"nothing listens at {endpoint}");
        }

        // A peer may reset a connection before this side knows that it stands.
        private async ValueTask<DialResult> ConnectAsync(ScriptedSmtpPeer peer, IPEndPoint endpoint, CancellationToken cancellationToken)
        {
            try
            {
                return new DialResult.Connected(await CountedStream.ConnectAsync(world, peer.EndPoint, cancellationToken), null, endpoint);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                return new DialResult.Failed(DialFailure.Reset, exception.Message);
            }
        }
    }

    /// <summary>A connection that tells the world when it is closed.</summary>
    private sealed class CountedStream : NetworkStream
    {
        private readonly DeliveryWorld _world;
        private int _closed;

        private CountedStream(DeliveryWorld world, Socket socket)
            : base(socket, ownsSocket: true)
        {
            _world = world;
            Interlocked.Increment(ref world._open);
        }

        public static async ValueTask<CountedStream> ConnectAsync(DeliveryWorld world, IPEndPoint endpoint, CancellationToken cancellationToken)
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, cancellationToken);
                return new CountedStream(world, socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref _closed, 1) == 0)
                Interlocked.Decrement(ref _world._open);
            base.Dispose(disposing);
        }
    }
}
