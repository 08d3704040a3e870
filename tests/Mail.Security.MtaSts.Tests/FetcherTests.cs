using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mail.Security.Dnssec;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.MtaSts.Tests;

public sealed class FetcherTests
{
    private static readonly RecipientDomain Domain = new(DomainName.Parse("example.com"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("rfc", "8461#3.3")]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("TEXT/Plain; charset=us-ascii; other=x")]
    [InlineData("text/plain;")]
    [InlineData("text/plain ; charset=utf-8;")]
    [InlineData("text/plain; charset")]
    [InlineData("text/plain;;charset=\"x")]
    public async Task FetchAsync_GoodHost_GivesThePolicy(string type)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(type: type));
        var policy = Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host)).Policy;

        Assert.Equal(PolicyHost.Good, policy.Text);
        Assert.StartsWith("GET /.well-known/mta-sts.txt HTTP/1.1\r\n", host.LastRequest, StringComparison.Ordinal);
        Assert.Contains("\r\nHost: mta-sts.example.com\r\n", host.LastRequest, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", host.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("rfc", "8461#3.3")]
    [InlineData("404 Not Found", "text/plain", PolicyHost.Good, MtaStsFetchFailure.NotFound)]
    [InlineData("410 Gone", "text/plain", PolicyHost.Good, MtaStsFetchFailure.NotFound)]
    [InlineData("500 Internal Server Error", "text/plain", PolicyHost.Good, MtaStsFetchFailure.Status)]
    [InlineData("204 No Content", "text/plain", "", MtaStsFetchFailure.Status)]
    [InlineData("206 Partial Content", "text/plain", PolicyHost.Good, MtaStsFetchFailure.Status)]
    [InlineData("200 OK", "text/html", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "application/octet-stream", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "text/plainer", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "text/html; text/plain", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "text/plain, text/html", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "text/plain\r\nContent-Type: text/html", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "", PolicyHost.Good, MtaStsFetchFailure.MediaType)]
    [InlineData("200 OK", "text/plain", "<html>hello</html>", MtaStsFetchFailure.Policy)]
    [InlineData("200 OK", "text/plain", "", MtaStsFetchFailure.Policy)]
    public async Task FetchAsync_AnswerThatIsNoPolicy_IsNamed(string status, string type, string body, MtaStsFetchFailure reason)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(body, status, type));
        Assert.Equal(reason, Reason(await FetchAsync(host)));
    }

    [Theory]
    [Trait("rfc", "8461#3.3")]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public async Task FetchAsync_Redirect_IsNotFollowed(string status)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(status: status, headers: "Location: https://mta-sts.example.com/other\r\n"));
        Assert.Equal(MtaStsFetchFailure.Redirect, Reason(await FetchAsync(host)));
        Assert.Equal(1, host.Requests);
    }

    [Fact]
    public async Task FetchAsync_HostSendsWithoutEnd_StopsAtTheLimit()
    {
        var sent = 0L;
        var hungUp = new TaskCompletionSource();
        await using var host = new PolicyHost(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellationToken);
            var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 0x10000) + "\r\n");
            try
            {
                for (; sent < 1L << 30; sent += 0x10000)
                    await stream.WriteAsync(chunk, cancellationToken);
            }
            finally
            {
                hungUp.TrySetResult();
            }
        });
        Assert.Equal(MtaStsFetchFailure.TooLarge, Reason(await FetchAsync(host)));
        await hungUp.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
        Assert.InRange(sent, 0, 64L << 20);    // socket buffers, never the gigabyte
    }

    [Fact]
    public async Task FetchAsync_AnnouncedGigabyte_IsRefusedUnread()
    {
        await using var host = new PolicyHost(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        Assert.Equal(MtaStsFetchFailure.TooLarge, Reason(await FetchAsync(host)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task FetchAsync_AtTheSizeLimit_OneByteDecides(int beyond, bool fetched)
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var result = await FetchAsync(host, options => options.MaxPolicyBytes = PolicyHost.Good.Length - beyond);
        Assert.Equal(fetched, result is MtaStsFetchResult.Fetched);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FetchAsync_HostNeverFinishes_EndsWithTheTimeLimit(bool afterHeaders)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var asked = new TaskCompletionSource();
        await using var host = new PolicyHost(async (stream, cancellationToken) =>
        {
            if (afterHeaders)
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\nversion"u8.ToArray(), cancellationToken);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        var fetch = FetchAsync(host, time: time);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
        Assert.False(fetch.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(MtaStsFetchFailure.Timeout, Reason(await fetch.WaitAsync(TimeSpan.FromMinutes(2), Token)));
    }

    [Fact]
    public async Task FetchAsync_CallerCancels_Throws()
    {
        using var caller = new CancellationTokenSource();
        await using var host = new PolicyHost(async (_, cancellationToken) =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync(host, cancellationToken: caller.Token));
    }

    [Fact]
    public async Task FetchAsync_CallerCancelsWhileTheLookupFails_ThrowsWhatItPromises()
    {
        using var caller = new CancellationTokenSource();
        var resolver = new FakeResolver { OnAsk = _ => caller.Cancel() };
        resolver.Failures["A mta-sts.example.com"] = resolver.Failures["AAAA mta-sts.example.com"] = DnsFailure.Timeout;
        var fetcher = new MtaStsFetcher(resolver);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetcher.FetchAsync(Domain, caller.Token).AsTask());
    }

    [Fact]
    public async Task FetchAsync_HostTakesTheConnectionAndIsSilent_EndsWithTheTimeLimit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
        var fetch = new MtaStsFetcher(resolver, new MtaStsOptions { Port = ((IPEndPoint)silent.LocalEndpoint).Port }, time).FetchAsync(Domain, Token).AsTask();
        using var connection = await silent.AcceptTcpClientAsync(Token);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(fetch.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MtaStsFetchFailure.Timeout, Reason(await fetch.WaitAsync(TimeSpan.FromMinutes(2), Token)));
    }

    [Fact]
    public async Task FetchAsync_AddressThatNeverAnswers_IsLeftAfterTheConnectTimeout()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var deaf = IPAddress.Parse("127.88.77.66");
        full.Bind(new IPEndPoint(deaf, host.Port));
        full.Listen(0);
        using var filler = new TcpClient();
        await filler.ConnectAsync(deaf, host.Port, Token);          // fills the queue: the next connection gets no answer
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [deaf, IPAddress.Loopback];
        var time = new SignallingTime(TimeSpan.FromSeconds(7));
        var fetch = FetchAsync(host, options => options.ConnectTimeout = TimeSpan.FromSeconds(7), resolver, time);
        await time.Started.WaitAsync(TimeSpan.FromMinutes(2), Token);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.IsType<MtaStsFetchResult.Fetched>(await fetch.WaitAsync(TimeSpan.FromMinutes(2), Token));
    }

    [Fact]
    public async Task FetchAsync_ManyAddresses_TriesNoMoreThanTheLimit()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [IPAddress.Parse("127.99.99.1"), IPAddress.Parse("127.99.99.2"), IPAddress.Loopback];
        Assert.Equal(MtaStsFetchFailure.Connect, Reason(await FetchAsync(host, options => options.MaxAddresses = 2, resolver)));
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host, options => options.MaxAddresses = 3, resolver));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(17, false)]
    public async Task FetchAsync_HeaderOfManyKilobytes_IsLimited(int kilobytes, bool fetched)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(headers: $"X-Filler: {new string('x', kilobytes * 1024)}\r\n"));
        Assert.Equal(fetched ? MtaStsFetchFailure.Unspecified : MtaStsFetchFailure.Protocol, await FetchAsync(host) is MtaStsFetchResult.Failed(var reason, _) ? reason : default);
    }

    [Fact]
    public async Task FetchAsync_CompressedBody_IsNotUnpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(PolicyHost.Good), Token);
        await using var host = new PolicyHost(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"), cancellationToken);
            await stream.WriteAsync(packed.ToArray(), cancellationToken);
        });
        Assert.Equal(MtaStsFetchFailure.Policy, Reason(await FetchAsync(host)));
        Assert.DoesNotContain("Accept-Encoding", host.LastRequest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task FetchAsync_ProxyOfTheProcess_IsNotUsed()
    {
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://127.0.0.1:1");
        try
        {
            await using var host = new PolicyHost(PolicyHost.Answer());
            Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host));
            Assert.StartsWith("GET /", host.LastRequest, StringComparison.Ordinal);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Theory]
    [InlineData("a_b.example")]             // a lax name, as a route may have
    [InlineData("r3---sn-a.example")]       // what looks like an A-label and is none
    public async Task FetchAsync_OddHostName_IsMatchedAsItIs(string domain)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf([$"mta-sts.{domain}"]));
        var resolver = new FakeResolver();
        resolver.Addresses[$"mta-sts.{domain}"] = [IPAddress.Loopback];
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host, resolver: resolver, domain: new RecipientDomain(DomainName.ParseLax(domain))));
    }

    [Fact]
    public async Task FetchAsync_AfterTheOptionsChanged_KeepsThoseItWasMadeWith()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
        var options = new MtaStsOptions { Port = host.Port, ExtraRoots = new X509Certificate2Collection(TestCertificates.Root) };
        var fetcher = new MtaStsFetcher(resolver, options);
        options.MaxPolicyBytes = -1;
        options.FetchTimeout = TimeSpan.MinValue;
        options.Port = 1;
        options.ExtraRoots.Clear();
        Assert.IsType<MtaStsFetchResult.Fetched>(await fetcher.FetchAsync(Domain, Token));
    }

    public static TheoryData<string, Action<MtaStsOptions>> BadOptions => new()
    {
        { "no bytes", options => options.MaxPolicyBytes = 0 },
        { "more bytes than a buffer has", options => options.MaxPolicyBytes = int.MaxValue },
        { "no addresses", options => options.MaxAddresses = 0 },
        { "no time", options => options.FetchTimeout = TimeSpan.Zero },
        { "endless", options => options.FetchTimeout = Timeout.InfiniteTimeSpan },
        { "more time than a timer has", options => options.FetchTimeout = TimeSpan.MaxValue },
        { "no time to connect", options => options.ConnectTimeout = TimeSpan.Zero },
        { "more time to connect than a timer has", options => options.ConnectTimeout = TimeSpan.MaxValue },
        { "negative backoff", options => options.FetchBackoff = TimeSpan.FromSeconds(-1) },
        { "endless backoff", options => options.FetchBackoff = TimeSpan.MaxValue },
        { "negative age", options => options.RefreshAge = TimeSpan.FromSeconds(-1) },
        { "no port", options => options.Port = 0 },
        { "port too high", options => options.Port = 65536 },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Constructor_OptionsOutOfRange_AreMisuse(string why, Action<MtaStsOptions> spoil)
    {
        var options = new MtaStsOptions();
        var resolver = new FakeResolver();
        _ = new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver, options), options);
        spoil(options);
        Assert.True(Record.Exception(() => new MtaStsFetcher(resolver, options)) is ArgumentOutOfRangeException, why);
        Assert.True(Record.Exception(() => new MtaStsResolver(resolver, new InMemoryMtaStsStore(), new MtaStsFetcher(resolver), options)) is ArgumentOutOfRangeException, why);
    }

    public static TheoryData<string, string[], string?> Certificates => new()
    {
        { "wrong name", ["mta-sts.example.net"], "no DNS name" },
        { "no name, the host only in the common name", [], "no DNS name" },
        { "parent wildcard", ["*.example.com"], null },
        { "wildcard of the wrong depth", ["*.com"], "no DNS name" },
        { "partial wildcard", ["mta-*.example.com"], "no DNS name" },
        { "several names", ["www.example.com", "mta-sts.example.com"], null },
    };

    [Theory]
    [Trait("rfc", "8461#3.3")]
    [MemberData(nameof(Certificates))]
    public async Task FetchAsync_CertificateNames_OnlyTheDnsIdCounts(string why, string[] names, string? problem)
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf(names, commonName: "mta-sts.example.com"));
        var result = await FetchAsync(host);
        if (problem is null)
            Assert.True(result is MtaStsFetchResult.Fetched, why);
        else
            Assert.Contains(problem, Failed(result, MtaStsFetchFailure.Certificate).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_UnknownAuthority_IsRefused()
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf(["mta-sts.example.com"], TestCertificates.OtherRoot));
        Failed(await FetchAsync(host), MtaStsFetchFailure.Certificate);
        Assert.Equal(0, host.Requests);
    }

    [Fact]
    public async Task FetchAsync_NoExtraRoots_TrustsTheSystemOnly()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        Failed(await FetchAsync(host, options => options.ExtraRoots = null), MtaStsFetchFailure.Certificate);
    }

    [Fact]
    public async Task FetchAsync_ExpiredCertificate_IsRefused()
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf(["mta-sts.example.com"], validFor: TimeSpan.FromDays(-1)));
        Assert.Contains("NotTimeValid", Failed(await FetchAsync(host), MtaStsFetchFailure.Certificate).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_CertificateExpiredByTheClockGiven_IsRefused()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(31));
        Assert.Contains("NotTimeValid", Failed(await FetchAsync(host, time: time), MtaStsFetchFailure.Certificate).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_PresentedIntermediate_CompletesTheChain()
    {
        await using var host = new PolicyHost(PolicyHost.Answer(),
            TestCertificates.Leaf(["mta-sts.example.com"], TestCertificates.Intermediate, chain: [TestCertificates.Intermediate]));
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host));
    }

    [Fact]
    public async Task FetchAsync_CertificateNamesAnAddressOfItsIssuer_NothingIsAskedThere()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        await using var host = new PolicyHost(PolicyHost.Answer(),
            TestCertificates.Leaf(["mta-sts.example.com"], TestCertificates.Intermediate, issuerUrl: $"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/issuer.cer"));
        Failed(await FetchAsync(host), MtaStsFetchFailure.Certificate);
        Assert.False(elsewhere.Pending());
    }

    [Fact]
    public async Task FetchAsync_CertificateForClients_IsRefused()
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf(["mta-sts.example.com"], purpose: "1.3.6.1.5.5.7.3.2"));
        Failed(await FetchAsync(host), MtaStsFetchFailure.Certificate);
    }

    [Fact]
    public async Task FetchAsync_HostDoesNotSpeakHttp_IsAProtocolFailure()
    {
        await using var host = new PolicyHost(async (stream, cancellationToken) => await stream.WriteAsync("220 mail.example.com ESMTP\r\n"u8.ToArray(), cancellationToken));
        Failed(await FetchAsync(host), MtaStsFetchFailure.Protocol);
    }

    [Fact]
    public async Task FetchAsync_ConnectionLostInTheBody_IsAProtocolFailure()
    {
        await using var host = new PolicyHost(async (stream, cancellationToken) =>
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nversion: STSv1"u8.ToArray(), cancellationToken));
        Failed(await FetchAsync(host), MtaStsFetchFailure.Protocol);
    }

    [Fact]
    public async Task FetchAsync_DeadAddressFirst_TriesTheNext()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [IPAddress.IPv6Loopback, IPAddress.Parse("127.99.99.99"), IPAddress.Loopback];
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host, resolver: resolver));
        Assert.Contains("A mta-sts.example.com", resolver.Asked);
        Assert.Contains("AAAA mta-sts.example.com", resolver.Asked);
    }

    [Theory]
    [InlineData("none", MtaStsFetchFailure.HostAbsent)]
    [InlineData("fails", MtaStsFetchFailure.Dns)]
    [InlineData("dead", MtaStsFetchFailure.Connect)]
    public async Task FetchAsync_HostOutOfReach_SaysWhy(string world, MtaStsFetchFailure reason)
    {
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));    // bound and not listening: refuses
        var resolver = new FakeResolver();
        if (world == "dead")
            resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
        if (world == "fails")
            resolver.Failures["AAAA mta-sts.example.com"] = DnsFailure.ServerFailure;
        var fetcher = new MtaStsFetcher(resolver, new MtaStsOptions { Port = ((IPEndPoint)unused.LocalEndPoint!).Port });
        Assert.Equal(reason, Reason(await fetcher.FetchAsync(Domain, Token)));
    }

    [Fact]
    public async Task FetchAsync_OneFamilyFails_TheOtherServes()
    {
        await using var host = new PolicyHost(PolicyHost.Answer());
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
        resolver.Failures["AAAA mta-sts.example.com"] = DnsFailure.Timeout;
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host, resolver: resolver));
    }

    [Fact]
    public async Task FetchAsync_InternationalDomain_AsksForTheALabelHost()
    {
        await using var host = new PolicyHost(PolicyHost.Answer(), TestCertificates.Leaf(["mta-sts.xn--mller-kva.example"]));
        var resolver = new FakeResolver();
        resolver.Addresses["mta-sts.xn--mller-kva.example"] = [IPAddress.Loopback];
        Assert.IsType<MtaStsFetchResult.Fetched>(await FetchAsync(host, resolver: resolver, domain: new RecipientDomain(DomainName.Parse("müller.example"))));
        Assert.Contains("Host: mta-sts.xn--mller-kva.example\r\n", host.LastRequest, StringComparison.Ordinal);
    }

    private static async Task<MtaStsFetchResult> FetchAsync(
        PolicyHost host, Action<MtaStsOptions>? configure = null, FakeResolver? resolver = null, TimeProvider? time = null, RecipientDomain? domain = null, CancellationToken? cancellationToken = null)
    {
        if (resolver is null)
        {
            resolver = new FakeResolver();
            resolver.Addresses["mta-sts.example.com"] = [IPAddress.Loopback];
        }
        var options = new MtaStsOptions { Port = host.Port, ExtraRoots = new X509Certificate2Collection(TestCertificates.Root) };
        configure?.Invoke(options);
        return await new MtaStsFetcher(resolver, options, time).FetchAsync(domain ?? Domain, cancellationToken ?? Token);
    }

    /// <summary>A clock that says when a timer of one length was started.</summary>
    private sealed class SignallingTime(TimeSpan length) : FakeTimeProvider(TimeProvider.System.GetUtcNow())
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => started.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == length)
                started.TrySetResult();
            return timer;
        }
    }

    private static MtaStsFetchFailure Reason(MtaStsFetchResult result) => Assert.IsType<MtaStsFetchResult.Failed>(result).Reason;

    private static MtaStsFetchResult.Failed Failed(MtaStsFetchResult result, MtaStsFetchFailure reason)
    {
        var failed = Assert.IsType<MtaStsFetchResult.Failed>(result);
        Assert.Equal((reason, failed.Detail), (failed.Reason, failed.Detail));
        return failed;
    }
}
