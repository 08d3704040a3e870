using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace Mail.Security.SmtpServer.Tests.Tls;

public sealed class CertificateChoiceTests : IDisposable
{
    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();
    private readonly List<X509Certificate2> _issued = [];

    [Theory]
    [InlineData("mx.example.org", 0)]
    [InlineData("mail.example.net", 1)]
    [InlineData("MAIL.Example.NET", 1)]
    [InlineData("mail.example.net.", 1)]                // no client should send the dot
    [InlineData("a.wild.example", 2)]
    [InlineData("exact.wild.example", 3)]               // exact before wildcard, whatever the order
    [InlineData("wild.example", 0)]                     // a wildcard is one label more
    [InlineData("a.b.wild.example", 0)]                 // and no two
    [InlineData("bücher.example", 4)]                   // as the platform hands A-labels over
    [InlineData("xn--bcher-kva.example", 4)]
    [InlineData("both.example", 5)]                     // the first listed of two
    [InlineData("common.example", 7)]                   // a common name, when there is nothing else
    [InlineData("hidden.example", 0)]                   // but not beside alternative names
    [InlineData("unknown.example", 0)]
    [InlineData("192.0.2.1", 0)]
    [InlineData("a..b", 0)]
    [InlineData("_", 0)]
    [InlineData("*.wild.example", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    [Trait("rfc", "6066#3")]
    [Trait("rfc", "6125#6.4.3")]
    public void Choose_Name_ExactThenWildcardThenDefault(string? name, int chosen)
    {
        SmtpServerCertificate[] all =
        [
            Make("mx.example.org"), Make("mail.example.net"), Make("*.wild.example"), Make("exact.wild.example"), Make("xn--bcher-kva.example"),
            Make("both.example"), Make(new TestCertificateSpec { DnsNames = ["both.example"], KeyType = TestKeyType.Rsa2048 }),
            Make(new TestCertificateSpec { CommonName = "common.example" }), Make(new TestCertificateSpec { CommonName = "hidden.example", DnsNames = ["shown.example"] }),
        ];
        var set = new SmtpServerCertificates(all[0], all[1..]);

        Assert.Equal(chosen, Array.IndexOf(all, set.Choose(name)));
    }

    [Fact]
    public void Certificate_Chain_IsMadeReadyWithIt()
    {
        using var intermediate = _authority.CreateIntermediate();
        using var leaf = intermediate.Issue("mx.example.org");
        var certificate = new SmtpServerCertificate(leaf, [.. intermediate.Chain]);

        Assert.Contains(certificate.Context.IntermediateCertificates, sent => sent.Thumbprint == intermediate.Certificate.Thumbprint);
    }

    [Fact]
    public void WithRequirement_SharesCertificatesBothWays()
    {
        var optional = new SmtpServerTls(new SmtpServerCertificates(Make("one.example"))) { Resumption = TlsResumption.On };
        var required = optional.WithRequirement(TlsRequirement.Required);
        Assert.Equal((TlsRequirement.Required, TlsResumption.On), (required.Requirement, required.Resumption));
        var (second, third) = (new SmtpServerCertificates(Make("two.example")), new SmtpServerCertificates(Make("three.example")));

        optional.Replace(second);
        Assert.Same(second, required.Certificates);
        required.Replace(third);
        Assert.Same(third, optional.Certificates);
    }

    public void Dispose()
    {
        _issued.ForEach(certificate => certificate.Dispose());
        _authority.Dispose();
    }

    private SmtpServerCertificate Make(string name) => Make(new TestCertificateSpec { DnsNames = [name] });

    private SmtpServerCertificate Make(TestCertificateSpec spec)
    {
        var certificate = _authority.Issue(spec);
        _issued.Add(certificate);
        return new SmtpServerCertificate(certificate);
    }
}
