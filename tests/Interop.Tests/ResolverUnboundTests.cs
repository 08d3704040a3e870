using Mail.Security;
using Mail.Security.Dnssec;

namespace Interop.Tests;

/// <summary>The resolver against unbound, which validates the private tree.</summary>
[Collection(nameof(InteropWorld))]
public sealed class ResolverUnboundTests(InteropWorld world) : IDisposable
{
    private readonly DnssecResolver _resolver = new(new DnssecResolverOptions { Servers = [DnsWorld.Resolver] });

    public void Dispose() => _resolver.Dispose();

    [Theory, Trait("rfc", "4035#4.3")]
    [InlineData("ddee.test", "Found Secure 10 dee.test.")]
    [InlineData("insecure.test", "Found Insecure 10 mx.insecure.test.")]
    [InlineData("dee.test", "Absent Secure NoData")]
    [InlineData("nosuch.test", "Absent Secure NoName")]
    [InlineData("alias.test", "Found Secure 10 dee.test.")]
    [InlineData("toinsecure.test", "Found Insecure 10 mx.insecure.test.")]
    [InlineData("dangling.test", "Absent Secure NoName")]
    public async Task GetMx_OverUnbound_SecurityOfTheWholeChain(string name, string expected)
    {
        InteropWorld.Require();
        Assert.Equal(expected, Describe(await _resolver.GetMxAsync(DomainName.Parse(name), TestContext.Current.CancellationToken)));
    }

    [Theory, Trait("rfc", "4035#5.2"), Trait("rfc", "4035#5.4")]     // asked with CD, so that unbound judges nothing
    [InlineData("ddee.test")]
    [InlineData("insecure.test")]
    [InlineData("dee.test")]
    [InlineData("nosuch.test")]
    [InlineData("alias.test")]
    [InlineData("toinsecure.test")]
    [InlineData("dangling.test")]
    [InlineData("mx.bogus.test")]
    public async Task Get_ValidatedHere_TheVerdictsOfUnbound(string name)
    {
        InteropWorld.Require();
        using var own = new DnssecResolver(new DnssecResolverOptions
        {
            Servers = [DnsWorld.Resolver], Mode = DnssecMode.Validate, TrustAnchors = TrustAnchors.Parse(await File.ReadAllTextAsync(world.TrustAnchorFile, TestContext.Current.CancellationToken)),
        });

        var (ours, theirs) = (await own.GetMxAsync(DomainName.Parse(name), TestContext.Current.CancellationToken), await _resolver.GetMxAsync(DomainName.Parse(name), TestContext.Current.CancellationToken));

        Assert.Equal(Describe(theirs), Describe(ours));
        Assert.NotEmpty(ours.Chain);
        Assert.Equal(ours is DnsAnswer<MxRecord>.Failed, ours.Chain.Any(static link => link.State == DnssecLinkState.Bogus));
    }

    [Fact, Trait("rfc", "8914#4")]
    public async Task GetA_Bogus_CarriesTheExtendedError()
    {
        InteropWorld.Require();
        var failed = Assert.IsType<DnsAnswer<System.Net.IPAddress>.Failed>(await _resolver.GetAAsync(DomainName.Parse("mx.bogus.test"), TestContext.Current.CancellationToken));
        Assert.Equal(DnsFailure.Bogus, failed.Reason);
        Assert.True(failed.Error!.IsDnssecFailure);
    }

    [Fact, Trait("rfc", "7766#5")]
    public async Task GetTxt_LargerThanADatagram_ReadOverTcp()
    {
        InteropWorld.Require();
        var found = Assert.IsType<DnsAnswer<string>.Found>(await _resolver.GetTxtAsync(DomainName.Parse("big.test"), TestContext.Current.CancellationToken));
        Assert.Equal(DnsSecurity.Secure, found.Security);
        Assert.Equal(20, found.Records.Count);
        Assert.All(found.Records, record => Assert.Equal(240, record.Length));
    }

    [Fact]
    public async Task GetMx_PathNotTrusted_Indeterminate()
    {
        InteropWorld.Require();
        using var wary = new DnssecResolver(new DnssecResolverOptions { Servers = [DnsWorld.Resolver], Mode = DnssecMode.AdBit, AdTrust = AdTrust.Distrust });
        Assert.Equal("Found Indeterminate 10 dee.test.", Describe(await wary.GetMxAsync(DomainName.Parse("ddee.test"), TestContext.Current.CancellationToken)));
    }

    private static string Describe(DnsAnswer<MxRecord> answer) => answer switch
    {
        DnsAnswer<MxRecord>.Found found => $"Found {found.Security} {string.Join(' ', found.Records)}",
        DnsAnswer<MxRecord>.Absent absent => $"Absent {absent.Security} {absent.Kind}",
        DnsAnswer<MxRecord>.Failed failed => $"Failed {failed.Reason}",
        _ => "?",
    };
}
