using Mail.Security;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>Every case, in the order of the table. The last one kills the relay.</summary>
internal static class CaseList
{
    public const string SuccessDomain = "dane-ee.example";
    public const string RefusalDomain = "tlsa-mismatch.example";
    private const string NotDialed = "deferred 4.7.5, the host was never dialed";

    public static IReadOnlyList<DemoCase> Create() => [.. Dane(), .. MtaSts(), .. Opportunistic(), .. Demands(), .. Attacks(), new CrashCase()];

    private static IEnumerable<DemoCase> Dane()
    {
        yield return new DeliveryCase("DANE-EE match", "delivered under TLS, authenticated by dane-ee", _ => Hosts.DaneEe(SuccessDomain));
        yield return new DeliveryCase("DANE-TA match", "delivered under TLS, authenticated by dane-ta", authority => Hosts.DaneTa(authority, "dane-ta.example"));
        yield return new DeliveryCase("TLSA mismatch", "deferred 4.7.5, the host saw no MAIL", authority => Hosts.TlsaMismatch(authority, RefusalDomain));
        yield return new DeliveryCase("TLSA lookup fails", NotDialed, _ => Hosts.DaneEe("tlsa-bogus.example") with
        {
            TlsaFault = new DnsServerFault.ResponseCode(2, new ExtendedDnsError(6, "signature does not verify")),
        });
    }

    private static IEnumerable<DemoCase> MtaSts()
    {
        yield return new DeliveryCase("MTA-STS enforce, match", "delivered under TLS, authenticated by webpki",
            authority => Hosts.WebPki(authority, "sts-match.example") with { Policy = Hosts.Policy("enforce", "mx.sts-match.example") });
        yield return new DeliveryCase("MTA-STS enforce, MX not in the policy", NotDialed,
            authority => Hosts.WebPki(authority, "sts-mismatch.example") with { Policy = Hosts.Policy("enforce", "mx.elsewhere.example") });
        yield return new DeliveryCase("MTA-STS testing, MX not in the policy", "delivered under TLS, not authenticated",
            _ => Hosts.Opportunistic("sts-testing.example") with { Policy = Hosts.Policy("testing", "mx.elsewhere.example") });
    }

    private static IEnumerable<DemoCase> Opportunistic()
    {
        yield return new DeliveryCase("No policy, self-signed certificate", "delivered under TLS, not authenticated", _ => Hosts.Opportunistic("self-signed.example"));
        yield return new DeliveryCase("No policy, no STARTTLS", "delivered in the clear", _ => Hosts.Clear("no-starttls.example"));
    }

    private static IEnumerable<DemoCase> Demands()
    {
        yield return new DeliveryCase("REQUIRETLS end to end", "delivered under TLS, authenticated by dane-ee, with REQUIRETLS", _ =>
        {
            var host = Hosts.DaneEe("requiretls.example");
            host.Behaviour.KeywordsUnderTls.Add("REQUIRETLS");
            return host;
        }) { Demand = TlsDemand.RequireTls };
        yield return new BounceCase();
        yield return new DeliveryCase("TLS-Required: No past a TLSA mismatch", "delivered under TLS, not authenticated",
            authority => Hosts.TlsaMismatch(authority, "tls-required-no.example")) { Header = "TLS-Required: No\r\n" };
    }

    private static IEnumerable<DemoCase> Attacks()
    {
        yield return new DeliveryCase("Plaintext injected behind a host's STARTTLS reply", "deferred 4.7.0, the host saw no MAIL", _ =>
        {
            var host = Hosts.Opportunistic("injection.example");
            host.Behaviour.On(SmtpPeerMoment.StartTls, new SmtpPeerAction.Raw("220 2.0.0 go ahead\r\n250 2.0.0 injected\r\n"));
            return host;
        });
        yield return new ClientInjectionCase();
    }
}
