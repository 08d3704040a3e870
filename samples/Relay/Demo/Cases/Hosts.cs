using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>The mail hosts the cases are made of.</summary>
internal static class Hosts
{
    public const string SenderDomain = "sender.example";

    /// <summary>The sender's own host: DANE and REQUIRETLS, so that reports about REQUIRETLS messages reach it.</summary>
    public static MailHost Sender()
    {
        var host = DaneEe(SenderDomain);
        host.Behaviour.KeywordsUnderTls.Add("REQUIRETLS");
        return host;
    }

    /// <summary>A signed domain whose host has a self-signed certificate and the TLSA record of its key.</summary>
    public static MailHost DaneEe(string domain)
    {
        var tls = SelfSigned(domain);
        return new MailHost(domain) { Behaviour = Behaviour(domain, tls), Security = DnsSecurity.Secure, Tlsa = TlsaRecordMaker.FromCertificate(tls.Certificate) };
    }

    /// <summary>A signed domain whose host shows a chain to the authority its TLSA record names; an intermediate, because servers leave self-signed roots out.</summary>
    public static MailHost DaneTa(TestCertificateAuthority authority, string domain)
    {
        var anchor = authority.CreateIntermediate();
        return new MailHost(domain)
        {
            Behaviour = Behaviour(domain, new SmtpPeerTls(anchor.Issue($"mx.{domain}")) { Chain = anchor.Chain }),
            Security = DnsSecurity.Secure,
            Tlsa = TlsaRecordMaker.FromCertificate(anchor.Certificate, TlsaUsage.DaneTa, TlsaSelector.Certificate),
        };
    }

    /// <summary>A signed domain whose TLSA record is that of another key.</summary>
    public static MailHost TlsaMismatch(TestCertificateAuthority authority, string domain)
    {
        using var other = authority.Issue("other.example");
        return DaneEe(domain) with { Tlsa = TlsaRecordMaker.FromCertificate(other) };
    }

    /// <summary>A domain that is not signed, with a host that has a certificate of the authority.</summary>
    public static MailHost WebPki(TestCertificateAuthority authority, string domain) => new(domain) { Behaviour = Behaviour(domain, new SmtpPeerTls(authority.Issue($"mx.{domain}"))) };

    /// <summary>A domain that is not signed, with a host that has a self-signed certificate.</summary>
    public static MailHost Opportunistic(string domain) => new(domain) { Behaviour = Behaviour(domain, SelfSigned(domain)) };

    /// <summary>A domain that is not signed, with a host that does not know TLS.</summary>
    public static MailHost Clear(string domain) => new(domain) { Behaviour = Behaviour(domain, null) };

    /// <summary>An MTA-STS policy (RFC 8461 §3.2).</summary>
    public static string Policy(string mode, string mx) => $"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n";

    private static MailExchangerOptions Behaviour(string domain, SmtpPeerTls? tls) => new() { HostName = $"mx.{domain}", Tls = tls };

    private static SmtpPeerTls SelfSigned(string domain) => new(TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = [$"mx.{domain}"] }));
}
