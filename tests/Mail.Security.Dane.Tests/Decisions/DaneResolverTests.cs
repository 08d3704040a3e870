using Mail.Security.Dnssec;
using Mail.Security.Testing;

namespace Mail.Security.Dane.Tests.Decisions;

public sealed class DaneResolverTests
{
    private const string Usable = "3 1 1 0000000000000000000000000000000000000000000000000000000000000000";
    private const string Digest = "3 1 1 1111111111111111111111111111111111111111111111111111111111111111";
    private const string Unusable = "0 0 1 0000000000000000000000000000000000000000000000000000000000000000";
    private const string AtHost = "_25._tcp.mx.example.com";
    private const string AtExpanded = "_25._tcp.host.example.net";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");
    private static readonly DomainName Expanded = DomainName.Parse("host.example.net");
    private static readonly DomainName NextHop = DomainName.Parse("example.com");
    private static readonly ExtendedDnsError Bogus = new(6, "bad signature");

    /// <summary>What a TLSA lookup gives at one base name.</summary>
    public enum Tlsa
    {
        Usable,
        Unusable,
        Mixed,
        Insecure,
        Indeterminate,
        AbsentSecure,
        AbsentInsecure,
        AbsentIndeterminate,
        Failed,
    }

    /// <summary>What the CNAME question for the host gives.</summary>
    public enum Alias
    {
        Secure,
        Insecure,
        Indeterminate,
        AbsentSecure,
        AbsentInsecure,
        AbsentIndeterminate,
        Failed,
    }

    public static TheoryData<Tlsa> EveryAnswer => [.. Enum.GetValues<Tlsa>()];

    public static TheoryData<Tlsa, Tlsa> EveryPairOfAnswers =>
        [.. from first in Enum.GetValues<Tlsa>() from second in Enum.GetValues<Tlsa>() select (first, second)];

    public static TheoryData<Alias, Tlsa> EveryAliasAndAnswer =>
        [.. from alias in Enum.GetValues<Alias>() from tlsa in Enum.GetValues<Tlsa>() select (alias, tlsa)];

    [Theory]
    [MemberData(nameof(EveryAnswer))]
    [Trait("rfc", "7672#2.2.3")]
    public async Task DecideAsync_SecureHostThatIsNoAlias_DecidesByTheOneAnswer(Tlsa answer)
    {
        foreach (var expanded in new[] { Host, default })
        {
            var resolver = Put(new InMemoryResolver(), AtHost, answer);
            var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, expanded, DnsSecurity.Secure, [NextHop]));
            Assert.Equal(Expect([(Host, answer)]), Summary(decision));
            Assert.Equal([(DomainName.ParseLax(AtHost), DnsRecordType.Tlsa)], resolver.Queries);
        }
    }

    [Theory]
    [MemberData(nameof(EveryPairOfAnswers))]
    [Trait("rfc", "7672#2.2.2")]
    [Trait("dukhovni", "both-bases")]
    public async Task DecideAsync_SecureAlias_TriesTheExpandedNameThenTheOriginal(Tlsa first, Tlsa second)
    {
        var resolver = Put(Put(new InMemoryResolver(), AtExpanded, first), AtHost, second);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, Expanded, DnsSecurity.Secure, [NextHop]));

        Assert.Equal(Expect([(Expanded, first), (Host, second)]), Summary(decision));
        var goesOn = first is Tlsa.Insecure or Tlsa.AbsentSecure or Tlsa.AbsentInsecure;
        Assert.Equal(1, resolver.CountOf(AtExpanded, DnsRecordType.Tlsa));
        Assert.Equal(goesOn ? 1 : 0, resolver.CountOf(AtHost, DnsRecordType.Tlsa));
    }

    [Theory]
    [MemberData(nameof(EveryAliasAndAnswer))]
    [Trait("rfc", "7672#2.1.3")]
    [Trait("dukhovni", "cname-question")]
    public async Task DecideAsync_InsecureAlias_AsksForTheAliasItself(Alias alias, Tlsa answer)
    {
        var resolver = Put(Put(new InMemoryResolver(), AtHost, answer), AtExpanded, Tlsa.Usable);
        Put(resolver, alias);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, Expanded, DnsSecurity.Insecure, [NextHop]));

        var expected = alias switch
        {
            Alias.Secure => Expect([(Host, answer)]),
            Alias.Insecure or Alias.AbsentInsecure => $"not applicable: {DaneInapplicability.InsecureAddress}",
            Alias.Failed => $"defer: {DnsFailure.Bogus} {Bogus} {Host}",
            _ => $"defer: {DnsFailure.Unspecified}  {Host}",
        };
        Assert.Equal(expected, Summary(decision));
        Assert.Equal(1, resolver.CountOf(Host.Ascii, DnsRecordType.Cname));
        Assert.Equal(alias == Alias.Secure ? 1 : 0, resolver.CountOf(AtHost, DnsRecordType.Tlsa));
        Assert.Equal(0, resolver.CountOf(AtExpanded, DnsRecordType.Tlsa));      // never a base: its addresses are insecure
    }

    [Theory]
    [InlineData(DnsSecurity.Insecure, "", DaneInapplicability.InsecureAddress)]
    [InlineData(DnsSecurity.Insecure, "mx.example.com", DaneInapplicability.InsecureAddress)]
    [InlineData(DnsSecurity.Indeterminate, "", DaneInapplicability.UnvalidatedAddress)]
    [InlineData(DnsSecurity.Indeterminate, "mx.example.com", DaneInapplicability.UnvalidatedAddress)]
    [InlineData(DnsSecurity.Indeterminate, "host.example.net", DaneInapplicability.UnvalidatedAddress)]
    [Trait("rfc", "7672#2.2.2")]
    [Trait("dukhovni", "secure-address-first")]
    public async Task DecideAsync_AddressNotSecure_NothingIsAsked(DnsSecurity security, string expanded, DaneInapplicability why)
    {
        // The nameservers of such hosts may fail TLSA questions, and mail to them would wait for ever.
        var resolver = new InMemoryResolver().Fail(AtHost, DnsRecordType.Tlsa, DnsFailure.ServerFailure).Fail(AtExpanded, DnsRecordType.Tlsa, DnsFailure.ServerFailure);
        var end = expanded.Length > 0 ? DomainName.Parse(expanded) : default;
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, end, security, []));

        Assert.Equal(why, Assert.IsType<DaneDecision.NotApplicable>(decision).Why);
        Assert.Empty(resolver.Queries);
    }

    [Theory]
    [InlineData(DnsFailure.Unspecified)]
    [InlineData(DnsFailure.Timeout)]
    [InlineData(DnsFailure.Network)]
    [InlineData(DnsFailure.ServerFailure)]
    [InlineData(DnsFailure.Bogus)]
    [InlineData(DnsFailure.Refused)]
    [InlineData(DnsFailure.NotImplemented)]
    [InlineData(DnsFailure.Malformed)]
    [InlineData(DnsFailure.Mismatched)]
    [InlineData(DnsFailure.AliasLoop)]
    [InlineData(DnsFailure.AliasLimit)]
    [Trait("rfc", "7672#2.1.2")]
    [Trait("dukhovni", "failure-defers")]
    public async Task DecideAsync_LookupFails_DefersWithTheReasonAndTheExtendedError(DnsFailure failure)
    {
        var resolver = new InMemoryResolver().Fail(AtExpanded, DnsRecordType.Tlsa, failure, Bogus).AddTlsa(AtHost, Usable);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, Expanded, DnsSecurity.Secure, []));

        var defer = Assert.IsType<DaneDecision.Defer>(decision);
        Assert.Equal((failure, Bogus, Expanded), (defer.Reason, defer.Error, defer.TlsaBase));
        Assert.NotEqual("", defer.Detail);
        Assert.Equal(0, resolver.CountOf(AtHost, DnsRecordType.Tlsa));
    }

    [Fact]
    [Trait("rfc", "7672#2.2.3")]
    [Trait("dukhovni", "alias-at-owner")]
    public async Task DecideAsync_AliasAtTheTlsaOwner_IsFollowedAndTheBaseStays()
    {
        var resolver = new InMemoryResolver().AddAlias(AtHost, "tlsa201._dane.example.com").AddTlsa("tlsa201._dane.example.com", Usable);
        var policy = Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(resolver, new DaneTarget(Host, 25, Host, DnsSecurity.Secure, [NextHop]))).Policy;

        Assert.Equal((Host, DomainName.ParseLax(AtHost)), (policy.TlsaBase, policy.Owner));
        Assert.Equal([Host, NextHop], policy.ReferenceNames);
    }

    [Fact]
    public async Task DecideAsync_InsecureAliasAtTheTlsaOwner_DoesNotApply()
    {
        var resolver = new InMemoryResolver().AddAlias(AtHost, "shared.example.net", DnsSecurity.Insecure).AddTlsa("shared.example.net", Usable);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []));
        Assert.Equal(DaneInapplicability.InsecureTlsa, Assert.IsType<DaneDecision.NotApplicable>(decision).Why);
    }

    [Fact]
    public async Task DecideAsync_AliasLoopAtTheTlsaOwner_Defers()
    {
        var resolver = new InMemoryResolver().AddAlias(AtHost, "loop.example.com").AddAlias("loop.example.com", AtHost);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []));
        Assert.Equal(DnsFailure.AliasLoop, Assert.IsType<DaneDecision.Defer>(decision).Reason);
    }

    [Theory]
    [InlineData(25)]
    [InlineData(465)]
    [InlineData(65535)]
    public async Task DecideAsync_OtherPort_AsksThere(int port)
    {
        var resolver = new InMemoryResolver().AddTlsa($"_{port}._tcp.mx.example.com", Usable);
        var decision = await DecideAsync(resolver, new DaneTarget(Host, (ushort)port, Host, DnsSecurity.Secure, []));
        Assert.Equal($"_{port}._tcp.mx.example.com", Assert.IsType<DaneDecision.Authenticate>(decision).Policy.Owner.Ascii);
    }

    [Fact]
    [Trait("rfc", "7672#3.2.2")]
    [Trait("dukhovni", "reference-names")]
    public async Task DecideAsync_NamesOfTheNextHop_FollowTheBaseWithoutDuplicates()
    {
        var resolver = new InMemoryResolver().AddTlsa(AtExpanded, Usable);
        var target = new DaneTarget(Host, 25, Expanded, DnsSecurity.Secure, [NextHop, DomainName.Parse("exchange.example.org"), Host, NextHop]);
        var policy = Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(resolver, target)).Policy;
        Assert.Equal(["host.example.net", "mx.example.com", "example.com", "exchange.example.org"], policy.ReferenceNames.Select(name => name.Ascii));
    }

    [Fact]
    [Trait("rfc", "7672#3.2.2")]
    public async Task DecideAsync_BaseBelowAnInsecureExpansion_TheExpansionIsNoName()
    {
        var resolver = new InMemoryResolver().AddAlias("mx.example.com", "host.example.net").AddTlsa(AtHost, Usable);
        var policy = Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(resolver, new DaneTarget(Host, 25, Expanded, DnsSecurity.Insecure, [NextHop]))).Policy;
        Assert.Equal([Host, NextHop], policy.ReferenceNames);
    }

    [Theory]
    [InlineData(DaneUsageProfile.Smtp, false)]
    [InlineData(DaneUsageProfile.Generic, true)]
    [Trait("rfc", "7672#3.1.3")]
    [Trait("dukhovni", "pkix-unusable")]
    public async Task DecideAsync_PkixRecords_CountByTheProfile(DaneUsageProfile profile, bool authenticates)
    {
        var resolver = new InMemoryResolver().AddTlsa(AtHost, Unusable);
        var decision = await new DaneResolver(resolver, profile).DecideAsync(new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []), Ct);
        Assert.Equal(authenticates ? typeof(DaneDecision.Authenticate) : typeof(DaneDecision.EncryptOnly), decision.GetType());
    }

    [Fact]
    public async Task DecideAsync_NameTooLongForTlsa_IsNotAskedAndTheOtherBaseIs()
    {
        var tooLong = DomainName.Parse(string.Join('.', Enumerable.Repeat(new string('a', 49), 5)));
        var resolver = new InMemoryResolver().AddTlsa(AtHost, Usable);
        Assert.Equal(DaneInapplicability.NoTlsaRecords, Assert.IsType<DaneDecision.NotApplicable>(
            await DecideAsync(resolver, new DaneTarget(tooLong, 25, tooLong, DnsSecurity.Secure, []))).Why);
        Assert.Empty(resolver.Queries);
        Assert.IsType<DaneDecision.Authenticate>(await DecideAsync(resolver, new DaneTarget(Host, 25, tooLong, DnsSecurity.Secure, [])));
    }

    [Fact]
    public async Task DecideAsync_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        var lookup = new DaneResolver(new InMemoryResolver().Hang(AtHost, DnsRecordType.Tlsa)).DecideAsync(new DaneTarget(Host, 25, Host, DnsSecurity.Secure, []), stop.Token);
        Assert.False(lookup.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lookup);
    }

    private static ValueTask<DaneDecision> DecideAsync(InMemoryResolver resolver, DaneTarget target) => new DaneResolver(resolver).DecideAsync(target, Ct);

    /// <summary>The rules of RFC 7672 §2.2, written down once more: the first answer that settles the matter counts.</summary>
    private static string Expect((DomainName Base, Tlsa Answer)[] bases)
    {
        foreach (var (name, answer) in bases)
        {
            switch (answer)
            {
                case Tlsa.Usable:
                    return $"authenticate: {name} 1+0";
                case Tlsa.Mixed:
                    return $"authenticate: {name} 2+1";
                case Tlsa.Unusable:
                    return $"encrypt only: {name} 0+1";
                case Tlsa.Failed:
                    return $"defer: {DnsFailure.Bogus} {Bogus} {name}";
                case Tlsa.Indeterminate or Tlsa.AbsentIndeterminate:
                    return $"defer: {DnsFailure.Unspecified}  {name}";
            }
        }
        return $"not applicable: {(bases.Any(one => one.Answer == Tlsa.Insecure) ? DaneInapplicability.InsecureTlsa : DaneInapplicability.NoTlsaRecords)}";
    }

    private static string Summary(DaneDecision decision) => decision switch
    {
        DaneDecision.NotApplicable(var why, _) => $"not applicable: {why}",
        DaneDecision.Authenticate(var policy) => $"authenticate: {Check(policy).TlsaBase} {policy.Usable.Count}+{policy.Unusable.Count}",
        DaneDecision.EncryptOnly(var policy) => $"encrypt only: {Check(policy).TlsaBase} {policy.Usable.Count}+{policy.Unusable.Count}",
        DaneDecision.Defer(var reason, var error, var tlsaBase, _) => $"defer: {reason} {error} {tlsaBase}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static DanePolicy Check(DanePolicy policy)
    {
        Assert.Equal(policy.TlsaBase, policy.ReferenceNames[0]);
        Assert.Contains(NextHop, policy.ReferenceNames);
        Assert.Equal(policy.TlsaBase.Prepend("_25._tcp"), policy.Owner);
        return policy;
    }

    private static InMemoryResolver Put(InMemoryResolver resolver, string owner, Tlsa answer) => answer switch
    {
        Tlsa.Usable => resolver.AddTlsa(owner, Usable),
        Tlsa.Unusable => resolver.AddTlsa(owner, Unusable),
        Tlsa.Mixed => resolver.AddTlsa(owner, Unusable).AddTlsa(owner, Usable).AddTlsa(owner, Usable).AddTlsa(owner, Digest),
        Tlsa.Insecure => resolver.AddTlsa(owner, Usable, DnsSecurity.Insecure),
        Tlsa.Indeterminate => resolver.AddTlsa(owner, Usable, DnsSecurity.Indeterminate),
        Tlsa.AbsentSecure => resolver.AddZone(owner, DnsSecurity.Secure),
        Tlsa.AbsentInsecure => resolver.AddZone(owner, DnsSecurity.Insecure),
        Tlsa.AbsentIndeterminate => resolver.AddZone(owner, DnsSecurity.Indeterminate),
        _ => resolver.AddTlsa(owner, Usable).Fail(owner, DnsRecordType.Tlsa, DnsFailure.Bogus, Bogus),
    };

    private static InMemoryResolver Put(InMemoryResolver resolver, Alias alias) => alias switch
    {
        Alias.Secure => resolver.AddAlias(Host.Ascii, Expanded.Ascii, DnsSecurity.Secure),
        Alias.Insecure => resolver.AddAlias(Host.Ascii, Expanded.Ascii, DnsSecurity.Insecure),
        Alias.Indeterminate => resolver.AddAlias(Host.Ascii, Expanded.Ascii, DnsSecurity.Indeterminate),
        Alias.AbsentSecure => resolver.AddZone(Host.Ascii, DnsSecurity.Secure),
        Alias.AbsentInsecure => resolver.AddZone(Host.Ascii, DnsSecurity.Insecure),
        Alias.AbsentIndeterminate => resolver.AddZone(Host.Ascii, DnsSecurity.Indeterminate),
        _ => resolver.AddAlias(Host.Ascii, Expanded.Ascii).Fail(Host.Ascii, DnsRecordType.Cname, DnsFailure.Bogus, Bogus),
    };
}
