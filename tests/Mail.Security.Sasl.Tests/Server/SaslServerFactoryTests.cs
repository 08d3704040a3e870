namespace Mail.Security.Sasl.Tests;

public sealed class SaslServerFactoryTests
{
    private static readonly Accounts Store = Accounts.With("user", "pencil", ScramHash.Sha256, ScramHash.Sha1);

    [Theory]
    [InlineData(SaslProtection.None, false, false, "SCRAM-SHA-256")]
    [InlineData(SaslProtection.Encrypted, false, false, "SCRAM-SHA-256 PLAIN LOGIN")]
    [InlineData(SaslProtection.Verified, true, false, "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN")]
    [InlineData(SaslProtection.Verified, true, true, "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN")]
    [Trait("rfc", "4954#4")]
    public void Offer_ByDefault_IsWhatTheChannelAllows(SaslProtection protection, bool bound, bool certificate, string expected) =>
        Assert.Equal(expected, string.Join(' ', new SaslServerFactory(Store).Offer(Channel(protection, bound, certificate))));

    [Fact]
    public void Offer_CertificateThatNamesNobody_IsNoExternal() =>
        Assert.DoesNotContain("EXTERNAL", new SaslServerFactory(Store).Offer(new SaslServerChannel(SaslProtection.Verified) { ExternalIdentity = "" }));

    [Fact]
    public void Offer_PasswordsInClear_OnlyByName()
    {
        var factory = new SaslServerFactory(Store, new SaslServerOptions { OfferedInClear = ["plain"] });
        Assert.Equal(["SCRAM-SHA-256", "PLAIN"], factory.Offer(Channel(SaslProtection.None, false, false)));
    }

    [Fact]
    public void Offer_EveryMechanism_IsInOrderAndCanBeMade()
    {
        var factory = new SaslServerFactory(Store, new SaslServerOptions { Mechanisms = [.. SaslMechanisms.StrongestFirst], SecretStore = Store });
        var channel = Channel(SaslProtection.Verified, true, true);
        Assert.Equal(SaslMechanisms.StrongestFirst.Where(name => !SaslMechanisms.TakesToken(name)), factory.Offer(channel));
        foreach (var name in factory.Offer(channel))
        {
            Assert.True(factory.TryCreate(name.ToLowerInvariant(), channel, out var server));
            Assert.Equal(name, server.Mechanism);
            server.Dispose();
        }
    }

    [Theory]
    [InlineData("CRAM-MD5")]            // no store of passwords
    [InlineData("SCRAM-SHA-512")]       // not in the list
    [InlineData("SCRAM-SHA-256-PLUS")]  // no binding
    [InlineData("PLAIN")]               // no TLS
    [InlineData("EXTERNAL")]
    [InlineData("GSSAPI")]
    [InlineData("")]
    public void TryCreate_WhatIsNotOffered_GivesNone(string mechanism)
    {
        var factory = new SaslServerFactory(Store, new SaslServerOptions { Mechanisms = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "EXTERNAL", "CRAM-MD5"] });
        Assert.False(factory.TryCreate(mechanism, Channel(SaslProtection.None, false, false), out var server));
        Assert.Null(server);
    }

    public static TheoryData<string> Misuses => ["mechanism", "clear", "key", "low", "high", "host"];

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Constructor_OptionsThatCannotBe_Throws(string misuse)
    {
        var options = misuse switch
        {
            "mechanism" => new SaslServerOptions { Mechanisms = ["SCRAM-SHA-384"] },
            "clear" => new SaslServerOptions { OfferedInClear = ["BASIC"] },
            "key" => new SaslServerOptions { UnknownUserKey = new byte[31] },
            "low" => new SaslServerOptions { Iterations = 4095 },
            "high" => new SaslServerOptions { Iterations = 10_000_001 },
            _ => new SaslServerOptions { HostName = "a host" },
        };
        Assert.ThrowsAny<ArgumentException>(() => new SaslServerFactory(Store, options));
    }

    [Fact]
    public async Task TryCreate_PasswordVerifierOfTheCallers_IsAsked()
    {
        var factory = new SaslServerFactory(new Accounts(), new SaslServerOptions { PasswordVerifier = new Yes() });
        Assert.True(factory.TryCreate("PLAIN", Channel(SaslProtection.Encrypted, false, false), out var server));
        using (server)
            Assert.IsType<SaslServerStep.Succeeded>(await server.StartAsync("\0anybody\0anything"));
    }

    [Fact]
    public async Task Login_AfterPlain_IsRememberedAcrossConnections()
    {
        var factory = new SaslServerFactory(Store, new SaslServerOptions { Iterations = 4096 });
        foreach (var mechanism in new[] { "PLAIN", "PLAIN" })
        {
            Assert.True(factory.TryCreate(mechanism, Channel(SaslProtection.Encrypted, false, false), out var server));
            using (server)
                Assert.IsType<SaslServerStep.Succeeded>(await server.StartAsync("\0user\0pencil"));
        }
        Assert.Equal(1, Assert.IsType<ScramPasswordVerifier>(factory.Verifier).Derivations);
    }

    private static SaslServerChannel Channel(SaslProtection protection, bool bound, bool certificate) =>
        new(protection) { Bindings = bound ? [Scram.Binding] : [], ExternalIdentity = certificate ? "fred" : null };

    private sealed class Yes : ISaslPasswordVerifier
    {
        public ValueTask<SaslVerdict> VerifyAsync(string userName, ReadOnlyMemory<byte> password, CancellationToken cancellationToken = default) => ValueTask.FromResult(SaslVerdict.Accepted);
    }
}
