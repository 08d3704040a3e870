using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Dnssec.Tests.Exchange;

/// <summary>Questions to a server on this machine share sockets; none may get what is another's.</summary>
public sealed class SharedSocketTests : IDisposable
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(5);

    private readonly SilentServer _server = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Ask_ManyAtOnce_AnsweredInAnyOrder_EachGetsItsOwn()
    {
        using var resolver = Resolver();
        var lookups = Enumerable.Range(0, 200).Select(number => resolver.GetAAsync(Name(number), Ct).AsTask()).ToList();
        var heard = await _server.HearAsync(lookups.Count, Ct);
        Assert.InRange(heard.Select(static one => one.From.Port).Distinct().Count(), 1, 4);        // 64 questions for a socket
        Assert.All(heard.GroupBy(static one => one.From.Port), static of => Assert.Equal(of.Count(), of.Select(static one => one.Id).Distinct().Count()));

        foreach (var one in heard.OrderBy(static one => one.Id))
            await _server.AnswerAsync(one, byte.Parse(one.Label.AsSpan(1), CultureInfo.InvariantCulture), Ct);

        for (var number = 0; number < lookups.Count; number++)
            Assert.Equal($"192.0.2.{number}", Address(await lookups[number]));
    }

    [Fact]
    public async Task Ask_OneAfterTheOther_UsesOneSocket_AndAnotherNumberEachTime()
    {
        using var resolver = Resolver();
        var heard = new List<HeardQuestion>();
        for (var number = 0; number < 20; number++)
        {
            var lookup = resolver.GetAAsync(Name(number), Ct).AsTask();
            heard.Add(await _server.HearAsync(Ct));
            await _server.AnswerAsync(heard[^1], 1, Ct);
            Assert.Equal("192.0.2.1", Address(await lookup));
        }

        Assert.Single(heard.Select(static one => one.From.Port).Distinct());
        Assert.InRange(heard.Select(static one => one.Id).Distinct().Count(), 15, 20);
    }

    [Fact]
    public async Task Ask_AnAnswerComesLate_IsNobodys()
    {
        using var resolver = Resolver();
        var early = resolver.GetAAsync(Name(1), Ct).AsTask();
        var first = await _server.HearAsync(Ct);
        _time.Advance(QueryTimeout / 2);
        var lookup = resolver.GetAAsync(Name(2), Ct).AsTask();
        var second = await _server.HearAsync(Ct);
        Assert.Equal(first.From, second.From);

        _time.Advance(QueryTimeout / 2);
        Assert.Equal(DnsFailure.Timeout, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await early).Reason);
        await _server.AnswerAsync(first, 1, Ct);
        await _server.AnswerAsync(second, 2, Ct);
        Assert.Equal("192.0.2.2", Address(await lookup));
    }

    [Fact]
    public async Task Ask_NobodyIsLeftToWait_TheSocketIsNotUsedAgain()
    {
        using var resolver = Resolver();
        var first = resolver.GetAAsync(Name(1), Ct).AsTask();
        var one = await _server.HearAsync(Ct);
        _time.Advance(QueryTimeout);
        Assert.Equal(DnsFailure.Timeout, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await first).Reason);

        var second = resolver.GetAAsync(Name(2), Ct).AsTask();
        var other = await _server.HearAsync(Ct);
        Assert.NotEqual(one.From.Port, other.From.Port);
        await _server.AnswerAsync(one, 66, Ct);             // to a port nobody listens at
        await _server.AnswerAsync(other, 2, Ct);
        Assert.Equal("192.0.2.2", Address(await second));
    }

    [Fact]
    public async Task Ask_ServerIsDown_EndsAtOnce_AndItIsAskedAgainWhenItIsBack()
    {
        var port = _server.EndPoint.Port;
        using var resolver = Resolver();
        var lookup = resolver.GetAAsync(Name(1), Ct).AsTask();
        await _server.AnswerAsync(await _server.HearAsync(Ct), 1, Ct);
        Assert.Equal("192.0.2.1", Address(await lookup));

        _server.Dispose();
        for (var number = 2; number < 6; number++)
            Assert.Equal(DnsFailure.Network, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(number), Ct)).Reason);

        using var back = new SilentServer(port);
        lookup = resolver.GetAAsync(Name(7), Ct).AsTask();
        await back.AnswerAsync(await back.HearAsync(Ct), 7, Ct);
        Assert.Equal("192.0.2.7", Address(await lookup));
    }

    [Fact]
    public async Task Ask_OneIsAnsweredBySomebodyElsesMessage_OthersGoOn()
    {
        using var resolver = Resolver();
        var lookups = new[] { resolver.GetAAsync(Name(1), Ct).AsTask(), resolver.GetAAsync(Name(2), Ct).AsTask() };
        var heard = (await _server.HearAsync(2, Ct)).OrderBy(static one => one.Label, StringComparer.Ordinal).ToList();
        // The number of the one over the question of the other: of no use to either.
        for (var i = 0; i < 32; i++)
            await _server.AnswerAsync(heard[1] with { Query = [.. heard[0].Query[..2], .. heard[1].Query[2..]] }, 66, Ct);
        await _server.AnswerAsync(heard[1], 2, Ct);

        Assert.Equal("192.0.2.2", Address(await lookups[1]));
        Assert.Equal(DnsFailure.Mismatched, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await lookups[0]).Reason);
    }

    [Fact]
    public async Task Ask_ThousandsAreNotAnswered_SocketsAreNeitherKeptNorMany()
    {
        using var resolver = Resolver();
        var (lookups, ports) = (new List<Task<DnsAnswer<IPAddress>>>(), new HashSet<int>());
        // Somebody waits at all times: a socket at which nobody does is closed anyway.
        for (var number = 0; number < 3000; number++)
        {
            lookups.Add(resolver.GetAAsync(Name(number), Ct).AsTask());
            ports.Add((await _server.HearAsync(Ct)).From.Port);
            if (number % 30 == 29)
                _time.Advance(QueryTimeout / 2);
        }
        _time.Advance(QueryTimeout);

        Assert.All(await Task.WhenAll(lookups), static answer => Assert.Equal(DnsFailure.Timeout, Assert.IsType<DnsAnswer<IPAddress>.Failed>(answer).Reason));
        Assert.InRange(ports.Count, 2, 20);
        if (OperatingSystem.IsLinux())
            Assert.InRange((await File.ReadAllLinesAsync("/proc/self/net/udp", Ct)).Count(line => line.Contains($" 0100007F:{_server.EndPoint.Port:X4} ", StringComparison.Ordinal) && !line.Contains($": 0100007F:{_server.EndPoint.Port:X4} ", StringComparison.Ordinal)), 0, 2);
    }

    [Fact]                                                  // whoever waited goes on elsewhere: what he does is not for others to wait for
    public async Task Dispose_SomebodyWhoWaitedAsksAgain_IsToldSo_AndNobodyWaitsForHim()
    {
        var resolver = Resolver();
        using var release = new ManualResetEventSlim();
        var lookup = Task.Run(async () =>
        {
            try
            {
                await resolver.GetAAsync(Name(1), Ct).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                release.Wait(Ct);
                await resolver.GetAAsync(Name(2), Ct).ConfigureAwait(false);
            }
        }, Ct);
        await _server.HearAsync(Ct);

        resolver.Dispose();
        release.Set();              // reached although he who waited for it holds his thread

        await Assert.ThrowsAsync<ObjectDisposedException>(() => lookup);
    }

    [Fact]
    public async Task Ask_ServerIsDown_NobodyGoesOnInTheCallOfAnother()
    {
        using var resolver = Resolver();
        var lookups = Enumerable.Range(0, 20).Select(number => resolver.GetAAsync(Name(number), Ct).AsTask()).ToList();
        await _server.HearAsync(lookups.Count, Ct);
        using var release = new ManualResetEventSlim();
        var held = lookups[0].ContinueWith(_ => release.Wait(Ct), Ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        _server.Dispose();
        Assert.Equal(DnsFailure.Network, Assert.IsType<DnsAnswer<IPAddress>.Failed>(await resolver.GetAAsync(Name(30), Ct)).Reason);
        var others = await Task.WhenAll(lookups.Skip(1));
        release.Set();
        await held;

        Assert.All(others, static answer => Assert.Equal(DnsFailure.Network, Assert.IsType<DnsAnswer<IPAddress>.Failed>(answer).Reason));
    }

    [Fact]
    public async Task Dispose_WithQuestionsOnTheirWay_EndsThem()
    {
        var resolver = Resolver();
        var lookups = Enumerable.Range(0, 70).Select(number => resolver.GetAAsync(Name(number), Ct).AsTask()).ToList();
        await _server.HearAsync(lookups.Count, Ct);
        resolver.Dispose();

        foreach (var lookup in lookups)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => lookup);
    }

    private DnssecResolver Resolver() => new(new DnssecResolverOptions { Servers = [_server.EndPoint], Attempts = 1, QueryTimeout = QueryTimeout, Mode = DnssecMode.AdBit }, _time);

    private static DomainName Name(int number) => DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"h{number}.example"));

    private static string Address(DnsAnswer<IPAddress> answer) => Assert.Single(Assert.IsType<DnsAnswer<IPAddress>.Found>(answer).Records).ToString();
}
