using System.Net;

namespace Mail.Security.Dnssec.Tests.Servers;

public sealed class PathFinderTests : IDisposable
{
    private readonly string _file = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    public void Dispose() => File.Delete(_file);

    [Theory]
    [Trait("rfc", "4035#4.9.3")]
    // caller, servers, resolv.conf says trust-ad; why
    [InlineData(AdTrust.Auto, "127.0.0.1", false, AdTrustReason.Loopback)]
    [InlineData(AdTrust.Auto, "127.0.0.53 ::1", false, AdTrustReason.Loopback)]
    [InlineData(AdTrust.Auto, "127.0.0.11", false, AdTrustReason.NetworkPath)]                 // of a Docker network: a relay, not a validator
    [InlineData(AdTrust.Auto, "::ffff:127.0.0.11", false, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "127.0.0.11", true, AdTrustReason.NetworkPath)]                  // Docker copies the option from its host's file
    [InlineData(AdTrust.Auto, "192.0.2.1 127.0.0.11", true, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "127.0.0.53", false, AdTrustReason.Loopback)]
    [InlineData(AdTrust.Auto, "127.0.0.54", false, AdTrustReason.NetworkPath)]                 // systemd-resolved's relay, beside its stub
    [InlineData(AdTrust.Auto, "127.0.0.54", true, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Trust, "127.0.0.11", false, AdTrustReason.CallerTrusts)]
    [InlineData(AdTrust.Auto, "::ffff:127.0.0.2", false, AdTrustReason.Loopback)]
    [InlineData(AdTrust.Auto, "127.0.0.1 192.0.2.1", false, AdTrustReason.NetworkPath)]        // every one, not the first
    [InlineData(AdTrust.Auto, "192.0.2.1", false, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "10.0.0.1", false, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "fe80::1", false, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "::ffff:192.0.2.1", false, AdTrustReason.NetworkPath)]
    [InlineData(AdTrust.Auto, "192.0.2.1", true, AdTrustReason.ResolvConf)]
    [InlineData(AdTrust.Trust, "192.0.2.1", false, AdTrustReason.CallerTrusts)]
    [InlineData(AdTrust.Distrust, "127.0.0.1", true, AdTrustReason.CallerDistrusts)]
    public void Judge_AnyPath_BelievedOnlyForAReason(AdTrust trust, string servers, bool trustAd, AdTrustReason reason)
    {
        IPEndPoint[] points = [.. servers.Split(' ').Select(text => new IPEndPoint(IPAddress.Parse(text), 53))];
        var judged = PathFinder.Judge(trust, points, trustAd ? ResolvConfTrust.TrustAd : ResolvConfTrust.Unsaid);
        Assert.Equal(reason, judged);
        Assert.Equal(reason is AdTrustReason.Loopback or AdTrustReason.ResolvConf or AdTrustReason.CallerTrusts, new ResolverPath(points, "test", judged).IsTrusted);
    }

    [Fact]
    public void IsTrusted_TheDefaultReason_IsNot() => Assert.False(new ResolverPath([], "test", default).IsTrusted);

    [Theory]
    [InlineData("nameserver 192.0.2.1\noptions trust-ad timeout:7 attempts:3\n", "192.0.2.1:53", AdTrustReason.ResolvConf, 7, 3)]
    [InlineData("nameserver 192.0.2.1\n", "192.0.2.1:53", AdTrustReason.NetworkPath, 5, 2)]
    [InlineData("options timeout:7\n", "127.0.0.1:53", AdTrustReason.Loopback, 7, 2)]
    [InlineData(null, "127.0.0.1:53", AdTrustReason.Loopback, 5, 2)]
    public void Find_FromTheFile_ServersTrustAndTimes(string? text, string server, AdTrustReason reason, int seconds, int attempts)
    {
        if (text is not null)
            File.WriteAllText(_file, text);
        var (path, timeout, tries) = PathFinder.Find(new DnssecResolverOptions { ResolvConfPath = _file });

        Assert.Equal(server, Assert.Single(path.Servers).ToString());
        Assert.Equal((reason, TimeSpan.FromSeconds(seconds), attempts), (path.Reason, timeout, tries));
        Assert.Contains(_file, path.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ServersOfTheCaller_TheFileSaysNothingOfThem()
    {
        File.WriteAllText(_file, "nameserver 127.0.0.1\noptions trust-ad timeout:7\n");
        var (path, timeout, tries) = PathFinder.Find(new DnssecResolverOptions
        {
            ResolvConfPath = _file,
            Servers = [IPEndPoint.Parse("192.0.2.1:5353")],
            Attempts = 1,
        });
        Assert.Equal((AdTrustReason.NetworkPath, TimeSpan.FromSeconds(5), 1), (path.Reason, timeout, tries));
    }

    [Theory]
    [InlineData(DnssecMode.Validate, null, "answers are validated here: the configuration says so (127.0.0.1:53, from options; 2 trust anchors, built in)")]
    [InlineData(DnssecMode.Validate, "from /etc/anchors", "answers are validated here: the configuration says so (127.0.0.1:53, from options; 1 trust anchor, from /etc/anchors)")]
    [InlineData(DnssecMode.Validate, "", "answers are validated here: the configuration says so (127.0.0.1:53, from options; 1 trust anchor, from options)")]
    [InlineData(DnssecMode.AdBit, "from /etc/anchors", "AD bit believed: every server is a loopback address (127.0.0.1:53, from options)")]
    public void ToString_OfAResolver_NamesTheAnchorsWhereItValidates(DnssecMode mode, string? source, string expected)
    {
        var options = new DnssecResolverOptions { Servers = [new(IPAddress.Loopback, 53)], Mode = mode };
        if (source is not null)
            (options.TrustAnchors, options.TrustAnchorSource) = ([TrustAnchors.Root[0]], source.Length > 0 ? source : null);
        using var resolver = new DnssecResolver(options);
        Assert.Equal(expected, resolver.Path.ToString());
    }

    [Fact]
    public void ToString_EveryReason_IsOneLineWithTheServers()
    {
        foreach (var reason in Enum.GetValues<AdTrustReason>())
        {
            var path = new ResolverPath([IPEndPoint.Parse("192.0.2.1:53")], "options", reason);
            Assert.StartsWith(path.IsTrusted ? "AD bit believed: " : "AD bit not believed: ", path.ToString(), StringComparison.Ordinal);
            Assert.EndsWith("(192.0.2.1:53, from options)", path.ToString(), StringComparison.Ordinal);
        }
    }
}
