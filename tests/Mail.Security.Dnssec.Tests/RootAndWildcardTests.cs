using Mail.Security.Testing;

namespace Mail.Security.Dnssec.Tests;

/// <summary>Names that no host has and that records have: the root, and the owners of wildcards.</summary>
public sealed class RootAndWildcardTests : IAsyncDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly SignedDnsServer _server = new();
    private readonly DnssecResolver _resolver;

    public RootAndWildcardTests()
    {
        _server.AddZone("example").Add("*.example", DnsRecordType.Tlsa, "3 1 1 00ff").Add("_25._tcp.mx.example", DnsRecordType.Tlsa, "3 1 1 aa");
        _resolver = new DnssecResolver(new DnssecResolverOptions { Servers = [_server.EndPoint], Mode = DnssecMode.Validate, TrustAnchors = _server.TrustAnchors });
    }

    public async ValueTask DisposeAsync()
    {
        _resolver.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Get_EmptyName_IsTheRoot()
    {
        var keys = Assert.IsType<DnsAnswer<DnskeyRecord>.Found>(await _resolver.GetDnskeyAsync(default, Ct));
        Assert.Equal((DnsSecurity.Secure, true), (keys.Security, keys.CanonicalName.IsEmpty));
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<DomainName>.Found>(await _resolver.GetNsAsync(default, Ct)).Security);
        Assert.Equal(DnsSecurity.Secure, Assert.IsType<DnsAnswer<SoaRecord>.Found>(await _resolver.GetSoaAsync(default, Ct)).Security);
        var raw = Assert.IsType<DnsAnswer<DnsRecord>.Found>(await _resolver.GetRawAsync(default, 48, Ct));
        Assert.Equal(DnsSecurity.Secure, raw.Security);
        Assert.All(raw.Records, static record => Assert.StartsWith(". TYPE48 0", record.ToString(), StringComparison.Ordinal));
        var none = Assert.IsType<DnsAnswer<DnsRecord>.Absent>(await _resolver.GetRawAsync(default, 43, Ct));
        Assert.Equal((DnsSecurity.Secure, DnsAbsence.NoData), (none.Security, none.Kind));
    }

    /// <summary>The asterisk is no label to the signer's count (RFC 4034 §3.1.3), so that the record itself is not taken for one made from it.</summary>
    [Fact]
    [Trait("rfc", "4592#2.2.1")]
    public async Task GetTlsa_OwnerOfAWildcard_TheRecordItself()
    {
        var owner = DomainName.Parse("example").Prepend("*");
        var found = Assert.IsType<DnsAnswer<TlsaRecord>.Found>(await _resolver.GetTlsaAsync(owner, Ct));
        Assert.Equal((DnsSecurity.Secure, owner, "3 1 1 00ff"), (found.Security, found.CanonicalName, Assert.Single(found.Records).ToString()));
        var raw = Assert.IsType<DnsAnswer<DnsRecord>.Found>(await _resolver.GetRawAsync(owner, 52, Ct));
        Assert.Equal("*.example. TYPE52 03010100ff", Assert.Single(raw.Records).ToString());
        var absent = Assert.IsType<DnsAnswer<TlsaRecord>.Absent>(await _resolver.GetTlsaAsync(DomainName.Parse("mx.example").Prepend("*"), Ct));
        Assert.Equal(DnsSecurity.Secure, absent.Security);
    }
}
