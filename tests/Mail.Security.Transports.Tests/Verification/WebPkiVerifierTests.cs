using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Transports.Tests;

public sealed class WebPkiVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly TestCertificateAuthority _root;

    public WebPkiVerifierTests() => _root = TestCertificateAuthority.CreateRoot(new TestCertificateSpec { NotBefore = Now.AddYears(-5), NotAfter = Now.AddYears(20) }, _time);

    [Theory]
    [InlineData("mx.test", "mx.test", true)]
    [InlineData("mx.test", "MX.Test", true)]
    [InlineData("mx.test", "other.test mx.test", true)]
    [InlineData("mx.test", "other.test", false)]
    [InlineData("mx.test", "amx.test", false)]
    [InlineData("mx.test", "mx.test.evil.test", false)]
    [InlineData("mx.test", "mx.test\0.evil.test", false)]
    [InlineData("mx.test", "mx.test.", false)]
    [InlineData("mx.test", "", false)]
    [InlineData("mx.test", "*.test", true)]
    [InlineData("a.mx.test", "*.mx.test", true)]
    [InlineData("a.mx.test", "*.MX.test", true)]
    [InlineData("mx.test", "*.mx.test", false)]
    [InlineData("a.b.mx.test", "*.mx.test", false)]
    [InlineData("a.mx.test", "a.*.test", false)]
    [InlineData("a.mx.test", "*.*.test", false)]
    [InlineData("mx1.mx.test", "mx*.mx.test", false)]
    [InlineData("mx1.mx.test", "*1.mx.test", false)]
    [InlineData("mx.test", "*", false)]
    [InlineData("mx.test", "*.", false)]
    [InlineData("mx.test", "**.test", false)]
    [InlineData("b\u00fccher.test", "xn--bcher-kva.test", true)]
    [InlineData("b\u00fccher.test", "XN--BCHER-KVA.test", true)]
    [InlineData("b\u00fccher.test", "bucher.test", false)]
    [InlineData("a.b\u00fccher.test", "*.xn--bcher-kva.test", true)]
    [InlineData("b\u00fccher.test", "xn--*.test", false)]
    [Trait("rfc", "6125#6.4")]
    [Trait("rfc", "6125#6.4.3")]
    public void Verify_Names_OnlySubjectAltNameAndOneLabelOfWildcard(string host, string names, bool matches)
    {
        using var leaf = _root.Issue(new TestCertificateSpec { CommonName = DomainName.Parse(host).Ascii, DnsNames = names.Split(' ', StringSplitOptions.RemoveEmptyEntries) });

        var verdict = Verify(host, [leaf], _root.Certificate);

        if (matches)
            Assert.Equal("webpki", Assert.IsType<PeerVerdict.Authenticated>(verdict).Method);
        else
            Assert.Equal(PeerRejection.NameMismatch, Assert.IsType<PeerVerdict.Rejected>(verdict).Reason);
    }

    public static TheoryData<string, string> Chains => new()
    {
        { "good", "Authenticated" },
        { "good, root sent", "Authenticated" },
        { "intermediate", "Authenticated" },
        { "intermediate, wrong order and strangers", "Authenticated" },
        { "intermediate missing", "Untrusted" },
        { "no certificate", "NoCertificate" },
        { "other root", "Untrusted" },
        { "no extra root", "Untrusted" },
        { "self-signed", "Untrusted" },
        { "self-signed and expired", "Untrusted" },
        { "expired", "Expired" },
        { "not yet valid", "NotYetValid" },
        { "expired intermediate", "Expired" },
        { "expired, wrong name", "Expired" },
        { "client purpose", "WrongPurpose" },
        { "no purpose named", "Authenticated" },
        { "issued by a leaf", "Untrusted" },
        { "excluded by name constraints", "Untrusted" },
        { "expired, client purpose", "Expired" },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    [Trait("rfc", "8461#4.2")]
    [Trait("rfc", "5280#4.2.1.12")]
    public void Verify_Chain_FirstReasonThatHolds(string which, string expected)
    {
        var usual = new TestCertificateSpec { DnsNames = ["mx.test"] };
        var expired = usual with { NotBefore = Now.AddDays(-90), NotAfter = Now.AddDays(-1) };
        using var other = TestCertificateAuthority.CreateRoot(time: _time);
        using var middle = which == "excluded by name constraints" ? _root.CreateIntermediate(new TestCertificateSpec { ExcludedDnsNames = ["test"] })
            : _root.CreateIntermediate(which == "expired intermediate" ? new TestCertificateSpec { NotBefore = Now.AddDays(-90), NotAfter = Now.AddDays(-1) } : null);
        using var falseIssuer = _root.CreateIntermediate(new TestCertificateSpec { BasicConstraints = TestBasicConstraints.NotAuthority });
        using var leaf = which switch
        {
            "intermediate" or "intermediate, wrong order and strangers" or "intermediate missing" or "expired intermediate" or "excluded by name constraints" => middle.Issue(usual),
            "issued by a leaf" => falseIssuer.Issue(usual),
            "self-signed" => TestCertificateAuthority.CreateSelfSigned(usual, _time),
            "self-signed and expired" => TestCertificateAuthority.CreateSelfSigned(expired, _time),
            "expired" => _root.Issue(expired),
            "expired, wrong name" => _root.Issue(expired with { DnsNames = ["other.test"] }),
            "expired, client purpose" => _root.Issue(expired with { ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] }),
            "not yet valid" => _root.Issue(usual with { NotBefore = Now.AddDays(1), NotAfter = Now.AddDays(90) }),
            "client purpose" => _root.Issue(usual with { ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] }),
            "no purpose named" => _root.Issue(usual with { ExtendedKeyUsages = [] }),
            _ => _root.Issue(usual),
        };
        X509Certificate2[] presented = which switch
        {
            "no certificate" => [],
            "good, root sent" => [leaf, _root.Certificate],
            "intermediate, wrong order and strangers" => [leaf, _root.Certificate, other.Certificate, middle.Certificate],
            "intermediate" or "expired intermediate" or "excluded by name constraints" => [leaf, middle.Certificate],
            "issued by a leaf" => [leaf, falseIssuer.Certificate],
            _ => [leaf],
        };

        var verdict = which switch
        {
            "other root" => Verify("mx.test", presented, other.Certificate),
            "no extra root" => Verify("mx.test", presented),
            _ => Verify("mx.test", presented, other.Certificate, _root.Certificate),
        };

        Assert.Equal(expected, verdict is PeerVerdict.Rejected rejected ? rejected.Reason.ToString() : verdict.GetType().Name);
        Assert.All(presented, certificate => Assert.NotEmpty(certificate.Thumbprint));        // none was disposed on the way
    }

    [Fact]
    public void Verify_TimePasses_JudgedByTheClock()
    {
        using var leaf = _root.Issue(new TestCertificateSpec { DnsNames = ["mx.test"], NotBefore = Now.AddDays(-1), NotAfter = Now.AddDays(1) });
        var verifier = new WebPkiVerifier(Rig.Host, [_root.Certificate], _time);
        var peer = new PeerCertificates([leaf]);

        Assert.IsType<PeerVerdict.Authenticated>(verifier.Verify(peer));
        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(PeerRejection.Expired, Assert.IsType<PeerVerdict.Rejected>(verifier.Verify(peer)).Reason);
    }

    [Fact]
    public void PolicyKey_EqualVerification_EqualKey()
    {
        using var other = TestCertificateAuthority.CreateRoot();
        string Key(string host, params X509Certificate2[] roots) => new WebPkiVerifier(DomainName.Parse(host), [.. roots]).PolicyKey;

        Assert.Equal("webpki mx.test", Key("mx.test"));
        Assert.Equal("webpki mx.test", new WebPkiVerifier(Rig.Host).PolicyKey);
        Assert.Equal(Key("B\u00dcCHER.test"), Key("xn--bcher-kva.test"));
        Assert.Equal(Key("mx.test", _root.Certificate, other.Certificate), Key("MX.test", other.Certificate, _root.Certificate, other.Certificate));
        Assert.Distinct([Key("mx.test"), Key("mx2.test"), Key("mx.test", _root.Certificate), Key("mx.test", other.Certificate), Key("mx.test", _root.Certificate, other.Certificate)]);
    }

    [Fact]
    public void Constructor_EmptyName_Throws() => Assert.Throws<ArgumentException>(() => new WebPkiVerifier(default));

    public void Dispose() => _root.Dispose();

    private PeerVerdict Verify(string host, X509Certificate2[] presented, params X509Certificate2[] roots) =>
        new WebPkiVerifier(DomainName.Parse(host), roots.Length == 0 ? null : [.. roots], _time).Verify(new PeerCertificates(presented));
}
