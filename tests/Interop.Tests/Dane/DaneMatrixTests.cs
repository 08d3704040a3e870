using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Mail.Security;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace Interop.Tests.Dane;

/// <summary>Every combination of record, chain and fault, judged here and by libssl in a TLS handshake with a server that has that chain.</summary>
[Trait("rfc", "6698#2.1")]
public sealed class DaneMatrixTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dane-matrix-").FullName;
    private readonly DaneChains _chains;

    public DaneMatrixTests() => _chains = new DaneChains(_folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DaneUsageProfile.Generic)]
    [InlineData(DaneUsageProfile.Smtp)]
    public async Task Verify_EveryCombination_AsLibsslDoes(DaneUsageProfile profile)
    {
        var (program, reason) = await DaneOracle.BuildAsync(_folder, Token);
        Assert.SkipWhen(program is null, reason);
        // RFC 7672 §3.1.3: mail transfer uses DANE-TA(2) and DANE-EE(3) only, and whoever asks libssl leaves the others out.
        var cases = DaneCase.All().Where(one => profile == DaneUsageProfile.Generic || one is { Usage: > 1, Issuers: < 3 }).ToList();
        var asked = await DaneOracle.AskAsync(program, cases.Select(Line), Token);

        var outcomes = new Dictionary<string, int>();
        var wrong = new List<string>();
        for (var at = 0; at < cases.Count; at++)
        {
            var (ours, why) = Judge(cases[at], profile);
            var theirs = asked[at].Split(' ')[0];
            outcomes[theirs] = outcomes.GetValueOrDefault(theirs) + 1;
            if (ours != (DaneExceptions.Of(cases[at], theirs) ?? theirs))
                wrong.Add($"{cases[at]}: libssl says {asked[at]}, we say {ours}: {why}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Count}:\n{string.Join('\n', wrong.Take(40))}");
        Assert.True(cases.Count >= 1000, $"only {cases.Count} cases");
        // The comparison is worth something only when each outcome is met many times.
        foreach (var outcome in new[] { "OK", "FAIL", "UNUSABLE" })
            Assert.True(outcomes.GetValueOrDefault(outcome) >= 100, $"{outcome}: {outcomes.GetValueOrDefault(outcome)}");
        TestContext.Current.SendDiagnosticMessage($"{cases.Count} cases: {string.Join(", ", outcomes)}");
    }

    public void Dispose()
    {
        _chains.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (string Verdict, string Why) Judge(DaneCase one, DaneUsageProfile profile)
    {
        var policy = DanePolicy.Create(DomainName.Parse(DaneChains.Name), 25, Records(one), profile: profile);
        if (policy.Usable.Count == 0)
            return ("UNUSABLE", TlsaUsability.Judge(policy.Unusable[0], profile).ToString());
        var verdict = new DaneVerifier(policy, profile, pkixRoots: [_chains.Of(one)[^1]]).Verify(new PeerCertificates(_chains.Sent(one)));
        return (verdict is PeerVerdict.Authenticated ? "OK" : "FAIL", verdict.ToString());
    }

    private string Line(DaneCase one, int number)
    {
        var (sent, root) = (_chains.Sent(one), _chains.Of(one)[^1]);
        var records = Records(one).Select(static record =>
            string.Create(CultureInfo.InvariantCulture, $"{(byte)record.Usage} {(byte)record.Selector} {(byte)record.Matching} {(record.Data.IsEmpty ? "-" : Convert.ToHexStringLower(record.Data.Span))}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{number} {_chains.CertificateFile(sent[0])} {_chains.KeyFile(sent[0])} {_chains.ChainFile(sent[1..])} {_chains.ChainFile([root])} {DaneChains.Name} {string.Join(' ', records)}");
    }

    private TlsaRecord[] Records(DaneCase one)
    {
        var record = Record(one, one.Fault == DaneFault.WrongKey ? _chains.Stranger.Certificate : _chains.Of(one)[one.Target], one.Matching);
        return one.Fault switch
        {
            DaneFault.TruncatedData => [record with { Data = record.Data[..^1] }],
            // RFC 7671 §9: where a stronger digest is published the weaker ones are not looked at.
            DaneFault.StrangerBeside => [record, Record(one, _chains.Stranger.Certificate, (int)TlsaMatching.Sha512)],
            _ => [record],
        };
    }

    private static TlsaRecord Record(DaneCase one, X509Certificate2 certificate, int matching) =>
        TlsaRecordMaker.FromCertificate(certificate, (TlsaUsage)one.Usage, (TlsaSelector)one.Selector, (TlsaMatching)matching);
}
