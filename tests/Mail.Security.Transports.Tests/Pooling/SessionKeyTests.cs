using System.Net;
using FsCheck.Xunit;
using Mail.Security.Smtp;

namespace Mail.Security.Transports.Tests;

/// <summary>Two requests share a session exactly when all parts of the key are equal.</summary>
public sealed class SessionKeyTests
{
    private static readonly SmtpDialer[] Dialers = [new TcpDialer(), new TcpDialer()];
    private static readonly IReadOnlyList<SmtpExtension>[] Extensions = [new SmtpExtension[1], new SmtpExtension[1]];

    private static readonly SmtpClientAuthentication?[] Logins = [null, Login(), Login()];

    private static SmtpPoolRequest Plain => new()
    {
        Host = Rig.Host, Port = 25, Addresses = [IPAddress.Loopback], Dialer = Dialers[0], Settings = Rig.StartTls with { Extensions = Extensions[0], Verifier = new WebPkiVerifier(Rig.Host) },
    };

    // One bit for each part: it takes one of two values.
    private static SmtpPoolRequest Make(int bits)
    {
        bool Has(int part) => (bits >> part & 1) != 0;
        return new SmtpPoolRequest
        {
            Host = DomainName.Parse(Has(0) ? "a.test" : "b.test"),
            Port = Has(1) ? 25 : 587,
            Addresses = [IPAddress.Loopback],
            Dialer = Dialers[Has(2) ? 0 : 1],
            Demand = Has(3) ? TlsDemand.RequireTls : TlsDemand.Default,
            Settings = new SmtpSessionSettings
            {
                HelloName = DomainName.Parse(Has(4) ? "c.test" : "d.test"),
                Tls = Has(5) ? TlsUse.Implicit : TlsUse.StartTls,
                LeastTlsVersion = Has(6) ? LeastTlsVersion.Tls13 : LeastTlsVersion.Tls12,
                ServerName = Has(7) ? DomainName.Parse("e.test") : null,
                Verifier = new WebPkiVerifier(DomainName.Parse(Has(8) ? "f.test" : "g.test")),
                Extensions = Extensions[Has(9) ? 0 : 1],
                Authentication = Logins[Has(12) ? 0 : 1],
                Timeouts = Has(10) ? new SmtpTimeouts { Mail = TimeSpan.FromSeconds(7) } : new SmtpTimeouts(),
                Limits = new SmtpSessionLimits { MaxReply = Has(11) ? 4096 : 8192 },
            },
        };
    }

    [Property(MaxTest = 500)]
    public void Of_AnyTwoRequests_EqualExactlyWhenAllPartsAre(ushort one, ushort other)
    {
        var (left, right) = (one & 0x1FFF, other & 0x1FFF);
        Assert.Equal(left == right, Key(Make(left)) == Key(Make(right)));
        Assert.Equal(Key(Make(left)), Key(Make(left)));
        Assert.Equal(Key(Make(left)).GetHashCode(), Key(Make(left)).GetHashCode());
        for (var part = 0; part < 13; part++)
            Assert.NotEqual(Key(Make(left)), Key(Make(left ^ (1 << part))));
    }

    [Fact]
    public void Of_ClientCertificate_ByItsOctets()
    {
        using var one = Testing.TestCertificateAuthority.CreateSelfSigned(new Testing.TestCertificateSpec { DnsNames = ["a.test"] });
        using var other = Testing.TestCertificateAuthority.CreateSelfSigned(new Testing.TestCertificateSpec { DnsNames = ["a.test"] });
        SessionKey With(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate) => Key(Plain with { Settings = Plain.Settings with { ClientCertificate = certificate } });

        Assert.Equal(With(one), With(one));
        Assert.NotEqual(With(one), With(other));
        Assert.NotEqual(With(one), With(null));
    }

    [Fact]
    public void Of_LoginOfEqualCredentials_AnotherAndNeverShown()
    {
        SessionKey With(SmtpClientAuthentication? login) => Key(Plain with { Settings = Plain.Settings with { Authentication = login } });

        Assert.Equal(With(Logins[1]), With(Logins[1]));
        Assert.Distinct(Logins.Select(With));
        Assert.DoesNotContain("ann", With(Logins[1]).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", With(Logins[1]).ToString(), StringComparison.Ordinal);
    }

    private static SmtpClientAuthentication Login() => new(new Sasl.SaslCredentials("ann", "secret"));

    private static SessionKey Key(SmtpPoolRequest request) => SessionKey.Of(request, request.Settings);
}
