using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dnssec;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Dane.Tests;

/// <summary>Short ways to ask a verifier, and to write down what it says.</summary>
internal static class TestVerdict
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DomainName Host = DomainName.Parse("mx.example.com");

    public static FakeTimeProvider Clock => new(Now);

    public static string Of(TlsaRecord record, params X509Certificate2[] presented) => Of([record], presented);

    public static string Of(TlsaRecord[] records, params X509Certificate2[] presented) =>
        Say(Verifier(records).Verify(new PeerCertificates(presented)));

    public static DaneVerifier Verifier(
        IEnumerable<TlsaRecord> records, DaneUsageProfile profile = DaneUsageProfile.Smtp, X509Certificate2Collection? roots = null, TimeProvider? time = null,
        params DomainName[] moreNames) =>
        new(DanePolicy.Create(Host, 25, records, moreNames, profile), profile, time ?? Clock, roots);

    /// <summary>The method that authenticated, or the reason of the rejection.</summary>
    public static string Say(PeerVerdict verdict) => verdict switch
    {
        PeerVerdict.Authenticated(var method, _) => method,
        PeerVerdict.Rejected(var reason, _) => reason.ToString(),
        _ => verdict.GetType().Name,
    };

    public static TlsaRecord Record(X509Certificate2 certificate, int usage, int selector, int matching) =>
        TlsaRecordMaker.FromCertificate(certificate, (TlsaUsage)usage, (TlsaSelector)selector, (TlsaMatching)matching);
}
