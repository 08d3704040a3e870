using Mail.Security.Sasl;
using Mail.Security.Testing;
using Mail.Security.Transports;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>A domain whose one mail exchanger, or submission server, misbehaves in its first connection; a pool of one place; a clock that stands still.</summary>
internal sealed class DeliveryReplyWorld : IAsyncDisposable
{
    private static readonly SaslCredentials Credentials = new("relay", "geheim");
    private static readonly DomainName RelayHost = DomainName.Parse("relay.test");
    private static readonly Accounts Logins = new();

    private readonly DeliveryWorld _world = new();

    /// <param name="mode">"lock-step" or "pipelined"; "PLAIN" or a SCRAM mechanism makes it a submission server with logins.</param>
    /// <param name="secondHost">Whether there is a host without faults that is less preferred.</param>
    /// <param name="rules">The deeds.</param>
    public DeliveryReplyWorld(string mode, bool secondHost, params SmtpPeerRule[] rules)
    {
        var isLogin = mode is not ("lock-step" or "pipelined");
        var name = isLogin ? RelayHost.Ascii : "mx.a.test";
        var certificate = _world.Issue(name);
        _world.Options.Timeouts = StageClock.Limits;
        _world.Options.ExtraRoots = [_world.Authority.Certificate];
        _world.Pool = new SmtpSessionPool(new SmtpSessionPoolOptions { MaxSessionsPerHost = 1 }, Clock);
        var options = new MailExchangerOptions
        {
            HostName = name,
            Tls = new SmtpPeerTls(certificate),
            Keywords = mode == "lock-step" ? ["ENHANCEDSTATUSCODES"] : ["PIPELINING", "ENHANCEDSTATUSCODES"],
            Logins = isLogin ? new SaslServerFactory(Logins, new SaslServerOptions { Mechanisms = [mode], Iterations = 4096 }) : null,
        };
        foreach (var rule in rules)
            options.Rules.Add(rule);
        Peer = _world.AddHost(options);
        if (isLogin)
        {
            _world.Route(new() { ["direct"] = new TransportDefinition.Submission { Host = RelayHost, Authentication = new SmtpClientAuthentication(Credentials) } });
            return;
        }
        _world.Resolver.AddMx("a.test", 10, name);
        _world.AddTlsa(name, certificate);
        if (!secondHost)
            return;
        _world.Resolver.AddMx("a.test", 20, "mx2.a.test");
        Second = _world.AddHost("mx2.a.test", null);
    }

    public StageClock Clock { get; } = new();

    public ScriptedSmtpPeer Peer { get; }

    public ScriptedSmtpPeer? Second { get; }

    public SmtpPeerRecord First => Peer.Connections[0];

    /// <summary>Delivers; where the peer stalls at a place, the limit of the wait there passes, and no other.</summary>
    public async Task<AttemptReport> DeliverAsync(string[] locals, Place? place = null, Fault? fault = null, int shift = 0)
    {
        var delivering = _world.AgentBy(Clock).DeliverAsync(DeliveryWorld.Request("a.test", TlsDemand.Default, locals), TestContext.Current.CancellationToken).AsTask();
        if (place is not null && fault is { Class: FaultClass.Late })
        {
            while (!delivering.IsCompleted && !(Peer.Connections.Count > 0 && Clock.Count(StageClock.Limits.Greeting) > 0 && place.IsReached(First, shift)))
                await Task.Yield();
            Clock.ExpireOfThese(place.Limit);
        }
        // A wait beyond its limit, or a place that is not given back, would last for ever on this clock.
        return await delivering.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Such as "Transient 4.4.2"; of a delivery the class alone, because the rest is the server's word.</summary>
    public static IEnumerable<string> Describe(AttemptReport report) =>
        report.Recipients.Select(static one => one.Disposition == Disposition.Delivered ? $"Delivered {one.Status.Class}" : $"{one.Disposition} {one.Status}");

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private sealed class Accounts : ISaslCredentialStore
    {
        private readonly Dictionary<ScramHash, ScramCredential> _credentials = [];

        public Accounts()
        {
            foreach (var hash in Enum.GetValues<ScramHash>())
            {
                if (ScramCredential.TryCreate(hash, "geheim"u8, 4096, SaslPreparation.OpaqueString, out var credential))
                    _credentials[hash] = credential;
            }
        }

        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<SaslLookup<ScramCredential>>(_credentials.TryGetValue(hash, out var credential) ? new SaslLookup<ScramCredential>.Found(credential) : new SaslLookup<ScramCredential>.NotFound());
    }
}
