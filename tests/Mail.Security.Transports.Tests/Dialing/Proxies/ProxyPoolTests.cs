using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Transports.Tests;

public sealed class ProxyPoolTests
{
    private static readonly IPEndPoint Server = IPEndPoint.Parse("192.0.2.1:25");

    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger<ProxyPool> _log = new();
    private readonly Dictionary<string, ScriptedProxyDialer> _proxies = [];

    [Fact]
    public async Task DialAsync_AllHealthy_SharesAreAsTheWeights()
    {
        var lot = 0;
        var pool = Pool(most => lot++ % most, ("a", 1), ("b", 2), ("c", 7));

        for (var dial = 0; dial < 100; dial++)
            Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop));

        Assert.Equal([10, 20, 70], pool.Status.Select(status => status.Connected));
        Assert.All(pool.Status, status => Assert.Equal(ProxyState.Healthy, status.State));
    }

    [Fact]
    public async Task DialAsync_OneFails_TheNextIsAskedAtOnceAndTheFirstLeftOut()
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = DialFailure.ProxyUnreachable;

        Assert.Equal("b", Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop)).Via);
        Assert.Equal("b", Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop)).Via);

        Assert.Equal((1, 2), (_proxies["a"].Dials, _proxies["b"].Dials));
        var status = pool.Status[0];
        Assert.Equal((ProxyState.LeftOut, TimeSpan.FromSeconds(30), 1L, 0L), (status.State, status.LeftOutFor, status.ProxyFailures, status.Connected));
        Assert.Equal((DialFailure.ProxyUnreachable, _time.GetUtcNow()), (status.LastFailure?.Reason, status.LastFailed));
        Assert.Equal("1342 Warning Proxy a is left out for 00:00:30: ProxyUnreachable, scripted", Assert.Single(_log.Lines));
    }

    [Theory]                                                        // the server's own failures are results, and speak for the proxy
    [InlineData(DialFailure.ProxyConnectionRefused)]
    [InlineData(DialFailure.ProxyHostUnreachable)]
    [InlineData(DialFailure.ProxyNetworkUnreachable)]
    [InlineData(DialFailure.ProxyTtlExpired)]
    [InlineData(DialFailure.ProxyAddressType)]
    public async Task DialAsync_ServerFails_ResultAndTheProxyStaysHealthy(DialFailure reason)
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = reason;
        for (var dial = 0; dial < 20; dial++)
            Assert.Equal(reason, Assert.IsType<DialResult.Failed>(await pool.DialAsync(Server, Rig.Stop)).Reason);
        Assert.Equal((ProxyState.Healthy, 20L, 0), (pool.Status[0].State, pool.Status[0].TargetFailures, _proxies["b"].Dials));
    }

    [Theory]
    [InlineData(DialFailure.ProxyFailed)]
    [InlineData(DialFailure.ProxyRuleset)]
    [InlineData(DialFailure.ProxyNoReply)]
    [InlineData(DialFailure.ProxyRequestTimeout)]
    public async Task DialAsync_UnclearFailuresInARow_CountAsOneOfTheProxy(DialFailure reason)
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = reason;
        for (var dial = 0; dial < 4; dial++)
            Assert.Equal(reason, Assert.IsType<DialResult.Failed>(await pool.DialAsync(Server, Rig.Stop)).Reason);
        _proxies["a"].Next = DialFailure.ProxyConnectionRefused;                // a clear answer: the count begins anew
        await pool.DialAsync(Server, Rig.Stop);
        _proxies["a"].Next = reason;
        for (var dial = 0; dial < 5; dial++)
        {
            Assert.Equal(ProxyState.Healthy, pool.Status[0].State);
            await pool.DialAsync(Server, Rig.Stop);
        }
        Assert.Equal((ProxyState.LeftOut, 9L), (pool.Status[0].State, pool.Status[0].UnclearFailures));
        Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop));
    }

    [Fact]
    public async Task DialAsync_FailsAgainAndAgain_LeftOutLongerEachTimeUpToTheLimit()
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = DialFailure.ProxyClosed;
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 900, 900 })
        {
            await pool.DialAsync(Server, Rig.Stop);
            Assert.Equal(TimeSpan.FromSeconds(seconds), pool.Status[0].LeftOutFor);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(ProxyState.LeftOut, pool.Status[0].State);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(ProxyState.Due, pool.Status[0].State);
        }

        _proxies["a"].Next = null;
        Assert.Equal("a", Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop)).Via);
        Assert.Equal(ProxyState.Healthy, pool.Status[0].State);
        Assert.Equal("1343 Information Proxy a works again", _log.Lines.Last());
        _proxies["a"].Next = DialFailure.ProxyClosed;
        await pool.DialAsync(Server, Rig.Stop);
        Assert.Equal(TimeSpan.FromSeconds(30), pool.Status[0].LeftOutFor);
    }

    [Fact]
    public async Task DialAsync_TimeIsOver_OneProbesAndTheOthersGoElsewhere()
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = DialFailure.ProxyClosed;
        await pool.DialAsync(Server, Rig.Stop);
        _time.Advance(TimeSpan.FromSeconds(30));
        var gate = _proxies["a"].Gate = new TaskCompletionSource();

        var probe = pool.DialAsync(Server, Rig.Stop).AsTask();
        Assert.Equal(ProxyState.Probing, pool.Status[0].State);
        Assert.Equal("b", (await pool.DialAsync(Server, Rig.Stop)).Via);
        _proxies["a"].Next = null;
        gate.SetResult();

        Assert.Equal("a", (await probe).Via);
        Assert.Equal(ProxyState.Healthy, pool.Status[0].State);
    }

    [Fact]
    public async Task DialAsync_ProbeGivenUp_AnotherMayFollow()
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = DialFailure.ProxyClosed;
        await pool.DialAsync(Server, Rig.Stop);
        _time.Advance(TimeSpan.FromSeconds(30));
        _proxies["a"].Gate = new TaskCompletionSource();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var probe = pool.DialAsync(Server, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        Assert.Equal(ProxyState.Due, pool.Status[0].State);
        Assert.Equal(1, pool.Status[0].ProxyFailures);
    }

    [Fact]
    public async Task DialAsync_AllAreLeftOut_TheLeastRecentlyFailedIsTried()
    {
        var lot = 0;
        var pool = Pool(most => lot++ % most, ("a", 1), ("b", 1), ("c", 1));
        foreach (var name in new[] { "b", "c", "a" })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _proxies[name].Next = DialFailure.ProxyTimeout;
            while (pool.Status.Single(status => status.Name == name).State == ProxyState.Healthy)
                await pool.DialAsync(Server, Rig.Stop);
        }
        Assert.All(pool.Status, status => Assert.Equal(ProxyState.LeftOut, status.State));
        var before = _proxies.ToDictionary(pair => pair.Key, pair => pair.Value.Dials);

        foreach (var name in new[] { "b", "c", "a", "b" })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var failed = Assert.IsType<DialResult.Failed>(await pool.DialAsync(Server, Rig.Stop));
            Assert.Equal((DialFailure.ProxyTimeout, name), (failed.Reason, failed.Via));
        }
        Assert.Equal([1, 2, 1], _proxies.OrderBy(pair => pair.Key).Select(pair => pair.Value.Dials - before[pair.Key]));
        // That a dead proxy was tried for want of a better one makes its time no longer.
        Assert.All(pool.Status, status => Assert.True(status.LeftOutFor < TimeSpan.FromSeconds(30)));

        _proxies["c"].Next = null;
        Assert.Equal("c", (await pool.DialAsync(Server, Rig.Stop)).Via);
        Assert.Equal("c", (await pool.DialAsync(Server, Rig.Stop)).Via);
    }

    [Fact]
    public async Task DialAsync_ManyUnderWayWhenItDies_CountedOnce()
    {
        var pool = Pool(most => 0, ("a", 1), ("b", 1));
        var gate = _proxies["a"].Gate = new TaskCompletionSource();
        var dials = Enumerable.Range(0, 20).Select(_ => pool.DialAsync(Server, Rig.Stop).AsTask()).ToList();
        _proxies["a"].Next = DialFailure.ProxyClosed;
        gate.SetResult();

        Assert.All(await Task.WhenAll(dials), result => Assert.Equal("b", result.Via));
        Assert.Equal((TimeSpan.FromSeconds(30), 20L), (pool.Status[0].LeftOutFor, pool.Status[0].ProxyFailures));
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task DialAsync_ByName_GoesTheSameWay()
    {
        var pool = Pool(_ => 0, ("a", 1), ("b", 1));
        _proxies["a"].Next = DialFailure.ProxyNoMethod;
        var connected = Assert.IsType<DialResult.Connected>(await pool.DialNameAsync(Rig.Host, 25, Rig.Stop));
        Assert.Equal(("b", new DnsEndPoint("mx.test", 25)), (connected.Via, connected.Remote));
    }

    [Fact]
    public async Task DialAsync_RealProxies_TheDeadOneIsPassedOver()
    {
        await using var dead = ScriptedProxy.Play("close");
        await using var live = ScriptedProxy.Play("read 050100; send 0500; read 05010001C00002010019; send 05000001CB007101C350");
        ProxyPoolMember Member(string name, ScriptedProxy proxy) => new(new Socks5Dialer(new Socks5DialerOptions { Name = name, Proxy = proxy.EndPoint }));
        var pool = new ProxyPool([Member("dead", dead), Member("live", live)]);
        for (var dial = 0; dial < 2; dial++)
        {
            var connected = Assert.IsType<DialResult.Connected>(await pool.DialAsync(Server, Rig.Stop));
            await connected.Stream.DisposeAsync();
            Assert.Equal("live", connected.Via);
        }
        Assert.Empty(live.Surprises);
    }

    [Fact]
    public void Constructor_Misuse_Throws()
    {
        var a = new ProxyPoolMember(new ScriptedProxyDialer("a"));
        Assert.Throws<ArgumentException>(() => new ProxyPool([]));
        Assert.Throws<ArgumentException>(() => new ProxyPool([a, a]));
        Assert.Throws<ArgumentException>(() => new ProxyPool([a with { Weight = 0 }]));
        Assert.Throws<ArgumentException>(() => new ProxyPool([a with { Weight = 1_000_001 }]));
        Assert.ThrowsAny<ArgumentException>(() => new ProxyPool([a], new ProxyPoolOptions { Name = "" }));
        Assert.ThrowsAny<ArgumentException>(() => new ProxyPool([a], new ProxyPoolOptions { BackOff = TimeSpan.Zero }));
        Assert.ThrowsAny<ArgumentException>(() => new ProxyPool([a], new ProxyPoolOptions { MaxBackOff = TimeSpan.FromSeconds(1) }));
        Assert.ThrowsAny<ArgumentException>(() => new ProxyPool([a], new ProxyPoolOptions { UnclearLimit = 0 }));
    }

    private ProxyPool Pool(Func<int, int> draw, params (string Name, int Weight)[] members)
    {
        foreach (var (name, _) in members)
            _proxies[name] = new ScriptedProxyDialer(name);
        return new ProxyPool([.. members.Select(member => new ProxyPoolMember(_proxies[member.Name], member.Weight))], null, _time, _log, draw);
    }

    /// <summary>A proxy that fails as it is told.</summary>
    private sealed class ScriptedProxyDialer(string name) : ProxyDialer
    {
        private int _dials;

        public override string Name => name;

        public DialFailure? Next { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public int Dials => Volatile.Read(ref _dials);

        public override ValueTask<DialResult> DialAsync(IPEndPoint endpoint, CancellationToken cancellationToken = default) => DialAsync((EndPoint)endpoint, cancellationToken);

        public override ValueTask<DialResult> DialNameAsync(DomainName host, int port, CancellationToken cancellationToken = default) => DialAsync(new DnsEndPoint(host.Ascii, port), cancellationToken);

        private async ValueTask<DialResult> DialAsync(EndPoint target, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _dials);
            if (Gate is { } gate)
                await gate.Task.WaitAsync(cancellationToken);
            DialResult result = Next is { } reason ? new DialResult.Failed(reason, "scripted") : new DialResult.Connected(Stream.Null, null, target);
            return result with { Via = name };
        }
    }
}
