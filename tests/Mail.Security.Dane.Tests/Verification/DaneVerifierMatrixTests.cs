using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace Mail.Security.Dane.Tests.Verification;

/// <summary>Every combination of record, chain and fault against the rules written down a second time.</summary>
[Trait("rfc", "6698#2.1")]
public sealed class DaneVerifierMatrixTests : IDisposable
{
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot(time: TestVerdict.Clock);
    private readonly TestCertificateAuthority _other = TestCertificateAuthority.CreateRoot(time: TestVerdict.Clock);
    private readonly TestCertificateAuthority _middle;
    private readonly Dictionary<(int Length, bool Named, bool Expired), X509Certificate2> _leaves = [];

    public DaneVerifierMatrixTests()
    {
        _middle = _root.CreateIntermediate();
        foreach (var named in new[] { true, false })
        {
            foreach (var expired in new[] { true, false })
            {
                var spec = new TestCertificateSpec { DnsNames = [named ? "mx.example.com" : "mx.example.net"], NotAfter = expired ? TestVerdict.Now.AddDays(-1) : null };
                _leaves[(1, named, expired)] = TestCertificateAuthority.CreateSelfSigned(spec, TestVerdict.Clock);
                _leaves[(2, named, expired)] = _root.Issue(spec);
                _leaves[(3, named, expired)] = _middle.Issue(spec);
            }
        }
    }

    [Fact]
    public void Verify_EveryCombination_AsTheRulesSay()
    {
        var wrong = new List<string>();
        var outcomes = new Dictionary<string, int>();
        foreach (var one in Cases())
        {
            var (expected, actual) = (Expect(one), Judge(one));
            outcomes[expected] = outcomes.GetValueOrDefault(expected) + 1;
            if (expected != actual)
                wrong.Add($"{one}: {actual}, expected {expected}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {outcomes.Values.Sum()}:\n{string.Join('\n', wrong.Take(40))}");
        Assert.True(outcomes.Values.Sum() > 2000, $"only {outcomes.Values.Sum()} cases");
        // The table is worth something only when each outcome is met many times.
        foreach (var outcome in new[] { "dane-ee", "dane-ta", "pkix-ee", "pkix-ta", "NoTlsaMatch", "Expired", "NameMismatch" })
            Assert.True(outcomes.GetValueOrDefault(outcome) >= 20, $"{outcome}: {outcomes.GetValueOrDefault(outcome)}");
    }

    public void Dispose()
    {
        foreach (var leaf in _leaves.Values)
            leaf.Dispose();
        _middle.Dispose();
        _root.Dispose();
        _other.Dispose();
    }

    private static IEnumerable<Case> Cases() =>
        from profile in Enum.GetValues<DaneUsageProfile>()
        from usage in new[] { 0, 1, 2, 3 }
        from selector in new[] { 0, 1 }
        from matching in new[] { 0, 1, 2 }
        from length in new[] { 1, 2, 3 }
        from anchor in Enumerable.Range(length == 1 ? 0 : 1, length == 1 ? 1 : length - 1)      // the place in the chain the record speaks of
        from sent in length == 1 ? [true] : new[] { true, false }
        from named in new[] { true, false }
        from expired in new[] { true, false }
        from right in new[] { true, false }
        select new Case(profile, usage, selector, matching, length, anchor, sent, named, expired, right);

    private string Judge(Case one)
    {
        var chain = Chain(one);
        var target = one.Usage is 1 or 3 ? chain[0] : chain[one.Anchor];
        var record = one.Right ? TestVerdict.Record(target, one.Usage, one.Selector, one.Matching)
            : TestVerdict.Record(_other.Certificate, one.Usage, one.Selector, one.Matching);
        var presented = chain.Where((_, index) => one.Sent || index != one.Anchor).ToArray();
        var verifier = TestVerdict.Verifier([record], one.Profile, [chain[^1]]);
        return TestVerdict.Say(verifier.Verify(new PeerCertificates(presented)));
    }

    private X509Certificate2[] Chain(Case one)
    {
        var leaf = _leaves[(one.Length, one.Named, one.Expired)];
        return one.Length switch { 1 => [leaf], 2 => [leaf, _root.Certificate], _ => [leaf, _middle.Certificate, _root.Certificate] };
    }

    private static string Expect(Case one)
    {
        const string Nothing = nameof(PeerRejection.NoTlsaMatch);
        if (!one.Right)
            return Nothing;
        if (one.Usage == 3)
            return "dane-ee";                                    // RFC 7672 §3.1.1: nothing else counts
        if (one.Usage < 2 && one.Profile == DaneUsageProfile.Smtp)
            return Nothing;                                      // RFC 7672 §3.1.3
        // What is missing from the chain can be a root of the client's, or be published in full (RFC 7671 §5.2.2, §5.2.3).
        var isRoot = one.Anchor == one.Length - 1;
        var hasPath = one.Sent || (one.Usage < 2 ? isRoot : one.Matching == 0);
        if (!hasPath)
            return Nothing;
        if (one.Usage == 0 && one.Length == 1)
            return Nothing;                                      // no issuer to speak of
        if (one.Expired)
            return nameof(PeerRejection.Expired);
        if (!one.Named)
            return nameof(PeerRejection.NameMismatch);
        return one.Usage switch { 0 => "pkix-ta", 1 => "pkix-ee", _ => "dane-ta" };
    }

    private sealed record Case(
        DaneUsageProfile Profile, int Usage, int Selector, int Matching, int Length, int Anchor, bool Sent, bool Named, bool Expired, bool Right);
}
