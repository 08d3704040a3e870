using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Mail.Security.Dnssec;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

public sealed class ExplanationTextTests
{
    [Fact]
    public void ToString_WholeAttempt_OneFactALine()
    {
        var certificate = new TlsPeerCertificate("CN=mx", "CN=ca", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), "ab", "cd");
        var explanation = new AttemptExplanation
        {
            Domain = DeliveryWorld.Domain("a.test"),
            Attempt = 3,
            Demand = TlsDemand.RequireTls,
            Lookups = [new DnsFinding("MX a.test", "10 mx.a.test.", DnsSecurity.Secure, null)],
            MtaSts = "no policy in force: none",
            Verdict = "delivered",
            Hosts =
            [
                new HostExplanation
                {
                    Host = DomainName.Parse("mx.a.test"),
                    Preference = 10,
                    Lookups = [new DnsFinding("A mx.a.test", "Timeout: x", null, new ExtendedDnsError(22, "no reply"))],
                    Dane = "not applicable",
                    MtaSts = "allowed",
                    RequireTls = "needed",
                    Floor = TlsFloor.Authenticate,
                    Result = "accepted",
                    Sessions =
                    [
                        new SessionExplanation
                        {
                            Address = new IPEndPoint(IPAddress.Loopback, 25), Asked = TlsUse.StartTls, Certificate = certificate, RequireTls = RequireTlsSupport.Announced, Result = "accepted",
                            Tls = new TlsSession(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, new PeerVerdict.Authenticated("dane-ee", "3 1 1"), certificate),
                        },
                    ],
                },
            ],
        };

        Assert.Equal("""
            attempt 3 to a.test with REQUIRETLS: delivered
              MX a.test: 10 mx.a.test. [secure]
              MTA-STS: no policy in force: none
              host mx.a.test (preference 10): accepted
                A mx.a.test: Timeout: x [no answer] EDE 22 (No Reachable Authority): no reply
                DANE: not applicable
                MTA-STS: allowed
                demand: needed
                TLS floor: authenticate
                127.0.0.1:25 with STARTTLS: accepted
                  TLS 1.3 TLS_AES_256_GCM_SHA384, authenticated by dane-ee: 3 1 1
                  certificate CN=mx, issued by CN=ca, valid 1970-01-01 to 1970-01-02, key sha256 cd
                  REQUIRETLS announced
            """.ReplaceLineEndings("\n"), explanation.ToString());
    }

    [Fact]
    public void ToString_Failures_HaveTheirLabels()
    {
        var explanation = new AttemptExplanation
        {
            Domain = DeliveryWorld.Domain("a.test"), Attempt = 1, Demand = TlsDemand.Default, Verdict = "deferred",
            Hosts =
            [
                new HostExplanation
                {
                    Host = DomainName.Parse("mx.a.test"), Preference = 10, Result = "no connection: refused", Label = "connect-refused",
                    Sessions = [new SessionExplanation { Address = new IPEndPoint(IPAddress.Loopback, 25), Asked = TlsUse.None, Result = "no connection: refused", Label = "connect-refused" }],
                },
            ],
        };

        Assert.Equal("""
            attempt 1 to a.test: deferred
              host mx.a.test (preference 10): no connection: refused [connect-refused]
                127.0.0.1:25 in the clear: no connection: refused [connect-refused]
            """.ReplaceLineEndings("\n"), explanation.ToString());
    }

    [Fact]
    public void ToString_HostileWords_CannotBreakOutOfTheirLine()
    {
        var explanation = new AttemptExplanation { Domain = DeliveryWorld.Domain("a.test"), Attempt = 1, Demand = TlsDemand.Default, Verdict = "550 no\r\n  host evil: accepted\u2028x" };
        Assert.Single(explanation.ToString().Split('\n', '\u2028'));
    }

    [Fact]
    public void Describe_EveryVerdict_HasAPhrase()
    {
        PeerVerdict[] verdicts = [new PeerVerdict.Authenticated("a", "b"), new PeerVerdict.EncryptedOnly(""), new PeerVerdict.EncryptedOnly("x"), new PeerVerdict.Rejected(PeerRejection.Expired, "y")];
        Assert.All(typeof(PeerVerdict).GetNestedTypes(), type => Assert.Contains(verdicts, verdict => verdict.GetType() == type));
        Assert.All(verdicts, verdict => Assert.NotEmpty(ExplanationText.Describe(verdict)));
    }
}
