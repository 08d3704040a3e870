using Mail.Security.Sasl;
using Mail.Security.Transports;

namespace Interop.Tests.Authentication;

/// <summary>Our client logs in at Dovecot's submission server, by each mechanism that has.</summary>
public sealed class DovecotTests(DovecotWorld world) : IClassFixture<DovecotWorld>
{
    [Theory, Trait("rfc", "4954#4"), Trait("rfc", "5802#5")]
    [InlineData(SaslMechanisms.Plain, Accounts.Ann, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.Plain, Accounts.Kim, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.Plain, Accounts.Uwe, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.Login, Accounts.Ann, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.Login, Accounts.Uwe, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.CramMd5, Accounts.Ann, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.CramMd5, Accounts.Uwe, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.ScramSha1, Accounts.Ann, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.ScramSha1, Accounts.Uwe, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.ScramSha256, Accounts.Ann, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.ScramSha256, Accounts.Kim, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.ScramSha256, Accounts.Uwe, TlsUse.Implicit)]
    public async Task LogIn_ByEachMechanism_TheMessageArrives(string mechanism, string name, TlsUse tls)
    {
        DovecotWorld.Require();
        using var credentials = Accounts.Of(name);

        await AssertArrivesAsync(At(tls, credentials).By(mechanism), mechanism);
    }

    [Theory]
    [InlineData(TlsUse.StartTls)]
    [InlineData(TlsUse.Implicit)]
    public async Task LogIn_ByDefault_TakesTheStrongest(TlsUse tls)
    {
        DovecotWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);

        await AssertArrivesAsync(At(tls, credentials), SaslMechanisms.ScramSha256);
    }

    [Theory, Trait("rfc", "4954#6")]
    [InlineData(SaslMechanisms.Plain)]
    [InlineData(SaslMechanisms.Login)]
    [InlineData(SaslMechanisms.CramMd5)]
    [InlineData(SaslMechanisms.ScramSha1)]
    [InlineData(SaslMechanisms.ScramSha256)]
    public async Task LogIn_WrongPasswordOrUnknownUser_CredentialsRefused(string mechanism)
    {
        DovecotWorld.Require();
        foreach (var (name, password) in new[] { (Accounts.Ann, "battery staple"), (Accounts.Nobody, Accounts.Password) })
        {
            using var credentials = new SaslCredentials(name, password);

            var failure = await At(TlsUse.StartTls, credentials).By(mechanism).FailAsync();

            Assert.Equal((SessionFailureKind.CredentialsRefused, SmtpStage.Authentication, 535), (failure.Kind, failure.Stage, failure.Reply?.Code));
            Assert.DoesNotContain(password, failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory, Trait("rfc", "7628#3.1")]
    [InlineData(SaslMechanisms.OAuthBearer, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.XOAuth2, TlsUse.Implicit)]
    public async Task LogIn_ByToken_TheMessageArrives(string mechanism, TlsUse tls)
    {
        DovecotWorld.Require();
        using var credentials = SaslCredentials.Token(Accounts.Ann, DovecotWorld.TokenFor(Accounts.Ann, TimeSpan.FromMinutes(10)));

        await AssertArrivesAsync(At(tls, credentials).By(mechanism), mechanism);
    }

    [Theory, Trait("rfc", "7628#3.2.2")]
    [InlineData(SaslMechanisms.OAuthBearer, "expired", "invalid_token")]
    [InlineData(SaslMechanisms.OAuthBearer, "forged", "invalid_token")]
    [InlineData(SaslMechanisms.XOAuth2, "expired", "401, scope mail")]
    [InlineData(SaslMechanisms.XOAuth2, "forged", "401, scope mail")]
    public async Task LogIn_ByATokenThatIsNoGood_RefusedAndTheProviderIsTold(string mechanism, string kind, string error)
    {
        DovecotWorld.Require();
        var tokens = new Tokens(kind == "expired" ? DovecotWorld.TokenFor(Accounts.Ann, TimeSpan.FromMinutes(-10)) : DovecotWorld.TokenFor(Accounts.Ann, TimeSpan.FromMinutes(10), new byte[32]));
        using var credentials = SaslCredentials.Token(Accounts.Ann, tokens);

        var failure = await At(TlsUse.StartTls, credentials).By(mechanism).FailAsync();

        Assert.Equal((SessionFailureKind.CredentialsRefused, 535), (failure.Kind, failure.Reply?.Code));
        Assert.EndsWith($"({error})", failure.Detail, StringComparison.Ordinal);
        Assert.Equal([error], tokens.Errors);
    }

    [Theory, Trait("rfc", "4422#A.1")]
    [InlineData("", TlsUse.StartTls)]
    [InlineData("", TlsUse.Implicit)]
    [InlineData(DovecotWorld.CertificateName, TlsUse.Implicit)]
    public async Task LogIn_ByCertificate_TheMessageArrives(string authorization, TlsUse tls)
    {
        DovecotWorld.Require();
        using var credentials = SaslCredentials.External(authorization);

        await AssertArrivesAsync(At(tls, credentials) with { Certificate = DovecotWorld.ClientCertificate }, SaslMechanisms.External);
    }

    [Fact]
    public async Task LogIn_ByCertificateWithoutOne_CredentialsRefused()
    {
        DovecotWorld.Require();
        using var credentials = SaslCredentials.External();

        Assert.Equal(SessionFailureKind.CredentialsRefused, (await At(TlsUse.StartTls, credentials).FailAsync()).Kind);
    }

    [Theory, Trait("rfc", "4954#4")]
    [InlineData(SaslMechanisms.Plain, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.Login, TlsUse.Implicit)]
    [InlineData(SaslMechanisms.CramMd5, TlsUse.StartTls)]
    [InlineData(SaslMechanisms.CramMd5, TlsUse.None)]
    public async Task LogIn_PeerNotVerified_NothingIsSaid(string mechanism, TlsUse tls)
    {
        DovecotWorld.Require();
        var name = $"u{Guid.NewGuid():N}@client.test";
        using var credentials = new SaslCredentials(name, Accounts.Password);

        var failure = await (At(tls, credentials).By(mechanism) with { Verifier = UnauthenticatedVerifier.Instance }).FailAsync();

        Assert.Equal((SessionFailureKind.NoMutualMechanism, null), (failure.Kind, failure.Reply));
        Assert.Contains(mechanism, failure.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(name, world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogIn_ScramWithPeerNotVerified_TheMessageArrives()
    {
        DovecotWorld.Require();
        using var credentials = Accounts.Of(Accounts.Ann);

        await AssertArrivesAsync(At(TlsUse.StartTls, credentials) with { Verifier = UnauthenticatedVerifier.Instance }, SaslMechanisms.ScramSha256);
    }

    [Fact, Trait("rfc", "5802#5.1")]
    public async Task LogIn_AgainWithRememberedKeys_EachAccountItsOwn()
    {
        DovecotWorld.Require();
        var cache = new ScramKeyCache();
        for (var turn = 0; turn < 3; turn++)
        {
            // The same password under two salts, which the server keeps.
            foreach (var name in new[] { Accounts.Kim, Accounts.Lea })
            {
                using var credentials = Accounts.Of(name);
                await AssertArrivesAsync(At(TlsUse.Implicit, credentials).By(SaslMechanisms.ScramSha256, cache), SaslMechanisms.ScramSha256);
            }
            using var wrong = new SaslCredentials(Accounts.Kim, "battery staple");
            Assert.Equal(SessionFailureKind.CredentialsRefused, (await At(TlsUse.Implicit, wrong).By(SaslMechanisms.ScramSha256, cache).FailAsync()).Kind);
        }
    }

    private static Submission At(TlsUse tls, SaslCredentials credentials) =>
        new(tls == TlsUse.Implicit ? DovecotWorld.Submissions : DovecotWorld.Submission, credentials) { Tls = tls };

    private async Task AssertArrivesAsync(Submission submission, string mechanism)
    {
        var letter = Letter.Make("dots");
        await using var session = await submission.LogInAsync();
        Assert.Equal(mechanism, session.AuthenticationMechanism);

        await Submission.SendAsync(session, letter);

        (await world.Relay.TakeAsync(letter.Mark, () => world.Log)).AssertIs(letter.Content, letter.Mark);
        // What Dovecot says of it.
        var name = submission.Credentials.Kind == SaslCredentialKind.External ? DovecotWorld.CertificateName : submission.Credentials.UserName;
        Assert.Contains($"Login: user=<{name}>, method={mechanism}, ", world.Log, StringComparison.Ordinal);
    }

    private sealed class Tokens(SaslToken token) : ISaslTokenProvider
    {
        public List<string> Errors { get; } = [];

        public ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken) => new(new SaslTokenResult.Issued(token));

        public void Refuse(SaslToken refused, string error) => Errors.Add(error);
    }
}
