using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Dane;
using Mail.Security.Dnssec;
using Mail.Security.MtaSts;
using Mail.Security.Transports;

namespace Mail.Security.Delivery.Tests;

public sealed class HostPolicyTests
{
    private static readonly DomainName Host = DomainName.Parse("mx.a.test");
    private static readonly VerifierFactory Verifiers = new(null, TimeProvider.System);
    private static readonly DaneDecision[] Danes =
    [
        new DaneDecision.NotApplicable(DaneInapplicability.NoTlsaRecords, "none"),
        new DaneDecision.EncryptOnly(Policy("0 0 1 00")),
        new DaneDecision.Authenticate(Policy($"3 1 1 {new string('a', 64)}")),
        new DaneDecision.Defer(DnsFailure.Bogus, null, Host, "x"),
    ];

    private static readonly MtaStsDecision.InForce?[] Policies = [null, InForce("testing"), InForce("enforce")];

    [Property]
    public Property Sessions_AnyClaims_PlaintextOnlyWhereNobodyClaimsAnything() =>
        Prop.ForAll(Gen.Elements(Danes).ToArbitrary(), Gen.Elements(Policies).ToArbitrary(), Gen.Elements(Enum.GetValues<TlsDemand>()).ToArbitrary(), (dane, mtaSts, demand) =>
        {
            var policy = new HostPolicy(dane, mtaSts, demand);
            var claims = dane is not DaneDecision.NotApplicable || mtaSts is { Policy.Mode: MtaStsMode.Enforce } || demand == TlsDemand.RequireTls;
            var plain = policy.Sessions(Host, Verifiers).Any(session => session.Tls == TlsUse.None);
            return plain == (demand == TlsDemand.TlsRequiredNo || !claims) && plain == (policy.Floor == TlsFloor.Opportunistic);
        });

    [Property]
    public Property Sessions_FloorAuthenticate_NoTolerance() =>
        Prop.ForAll(Gen.Elements(Danes).ToArbitrary(), Gen.Elements(Policies).ToArbitrary(), Gen.Elements(Enum.GetValues<TlsDemand>()).ToArbitrary(), (dane, mtaSts, demand) =>
        {
            var policy = new HostPolicy(dane, mtaSts, demand);
            var first = policy.Sessions(Host, Verifiers)[0];
            // With no certificate at all only a tolerant verifier lets the peer pass.
            var passes = first.Verifier!.Verify(default) is not PeerVerdict.Rejected;
            return first.Tls == TlsUse.StartTls && passes == (policy.Floor < TlsFloor.Authenticate);
        });

    [Theory]
    [InlineData(0, 0, TlsDemand.Default, TlsFloor.Opportunistic, "tolerant(webpki mx.a.test)")]
    [InlineData(0, 1, TlsDemand.Default, TlsFloor.Opportunistic, "tolerant(webpki mx.a.test)")]
    [InlineData(0, 2, TlsDemand.Default, TlsFloor.Authenticate, "webpki mx.a.test")]
    [InlineData(1, 0, TlsDemand.Default, TlsFloor.Encrypt, "tolerant(webpki mx.a.test)")]
    [InlineData(1, 2, TlsDemand.Default, TlsFloor.Authenticate, "webpki mx.a.test")]
    [InlineData(1, 0, TlsDemand.RequireTls, TlsFloor.Authenticate, "webpki mx.a.test")]
    [InlineData(2, 0, TlsDemand.Default, TlsFloor.Authenticate, "dane ")]
    [InlineData(2, 0, TlsDemand.RequireTls, TlsFloor.Authenticate, "dane ")]
    [InlineData(2, 2, TlsDemand.Default, TlsFloor.Authenticate, "all(dane ")]
    [InlineData(2, 2, TlsDemand.TlsRequiredNo, TlsFloor.Opportunistic, "tolerant(all(dane ")]
    [InlineData(0, 0, TlsDemand.RequireTls, TlsFloor.Authenticate, "webpki mx.a.test")]
    [InlineData(3, 0, TlsDemand.Default, TlsFloor.Authenticate, "webpki mx.a.test")]
    [InlineData(3, 0, TlsDemand.TlsRequiredNo, TlsFloor.Opportunistic, "tolerant(webpki mx.a.test)")]
    public void Sessions_Claims_FloorAndVerifier(int dane, int mtaSts, TlsDemand demand, TlsFloor floor, string verifier)
    {
        var policy = new HostPolicy(Danes[dane], Policies[mtaSts], demand);
        Assert.Equal(floor, policy.Floor);
        Assert.StartsWith(verifier, policy.Sessions(Host, Verifiers)[0].Verifier!.PolicyKey, StringComparison.Ordinal);
    }

    private static DanePolicy Policy(string record)
    {
        var parts = record.Split(' ');
        return DanePolicy.Create(Host, 25, [new TlsaRecord((TlsaUsage)(parts[0][0] - '0'), (TlsaSelector)(parts[1][0] - '0'), (TlsaMatching)(parts[2][0] - '0'), Convert.FromHexString(parts[3]))]);
    }

    private static MtaStsDecision.InForce InForce(string mode) => new(
        ((MtaStsPolicyParseResult.Valid)MtaStsPolicy.Parse($"version: STSv1\nmode: {mode}\nmax_age: 1\nmx: mx.a.test\n")).Policy, "v1", PolicyOrigin.Cache, TimeSpan.Zero, null);
}
