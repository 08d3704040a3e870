using Mail.Security.Sasl;

namespace Mail.Security.Transports.Tests;

/// <summary>SCRAM against a real server half, with something else at each of its replies: 0 asks for the proof, 1 proves the server, 2 is the 235.</summary>
public sealed class ScramLoginTests
{
    [Theory]
    [InlineData("SCRAM-SHA-512", LoginPeer.Password, "SCRAM-SHA-512")]
    [InlineData("SCRAM-SHA-256 PLAIN", LoginPeer.Password, "SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-1", LoginPeer.Password, "SCRAM-SHA-1")]
    [InlineData("CRAM-MD5", LoginPeer.Password, "CRAM-MD5")]
    [InlineData("PLAIN", LoginPeer.Password, "PLAIN")]
    [InlineData("LOGIN", LoginPeer.Password, "LOGIN")]
    [InlineData("SCRAM-SHA-512", "wrong", "CredentialsRefused")]
    [InlineData("SCRAM-SHA-256", "wrong", "CredentialsRefused")]
    [InlineData("CRAM-MD5", "wrong", "CredentialsRefused")]
    [InlineData("PLAIN", "wrong", "CredentialsRefused")]
    [InlineData("LOGIN", "wrong", "CredentialsRefused")]
    [InlineData("GSSAPI", LoginPeer.Password, "NoMutualMechanism")]
    public async Task OpenAsync_EachMechanism_LogsInOrSaysWhy(string announced, string password, string expected)
    {
        var peer = new LoginPeer(announced);
        Assert.Equal(expected, await TryAsync(peer, password));
        Assert.Equal("QUIT", peer.Lines[^1]);
    }

    [Theory]
    [InlineData(0, "CLOSE", "ConnectionLost")]
    [InlineData(1, "CLOSE", "ConnectionLost")]
    [InlineData(2, "CLOSE", "ConnectionLost")]
    [InlineData(0, "STALL", "Timeout")]
    [InlineData(1, "STALL", "Timeout")]
    [InlineData(2, "STALL", "Timeout")]
    [InlineData(0, "421 4.3.2 closing", "Refused421")]
    [InlineData(1, "421 4.3.2 closing", "Refused421")]
    [InlineData(2, "421 4.3.2 closing", "Refused421")]
    [InlineData(0, "what?", "ProtocolViolation")]
    [InlineData(1, "what?", "ProtocolViolation")]
    [InlineData(2, "what?", "ProtocolViolation")]
    [InlineData(0, "250 ok", "ProtocolViolation")]
    [InlineData(1, "250 ok", "ProtocolViolation")]
    [InlineData(2, "250 ok", "ProtocolViolation")]
    [InlineData(0, "535 5.7.8 no", "CredentialsRefused")]
    [InlineData(1, "535 5.7.8 no", "CredentialsRefused")]
    [InlineData(2, "535 5.7.8 no", "CredentialsRefused")]
    [InlineData(0, "454 4.7.0 later", "AuthenticationUnavailable")]
    [InlineData(1, "454 4.7.0 later", "AuthenticationUnavailable")]
    [InlineData(2, "454 4.7.0 later", "AuthenticationUnavailable")]
    [InlineData(0, "500 5.5.6 too long", "AuthenticationCommandRefused")]
    [InlineData(1, "500 5.5.6 too long", "AuthenticationCommandRefused")]
    [InlineData(0, "334 ***", "AuthenticationAborted")]
    [InlineData(1, "334 ***", "AuthenticationAborted")]
    [InlineData(2, "334 ***", "AuthenticationAborted")]
    [InlineData(0, "334-cg==\r\n334 cg==", "AuthenticationAborted")]
    [InlineData(1, "334-cg==\r\n334 cg==", "AuthenticationAborted")]
    [InlineData(0, "334 ", "AuthenticationAborted")]
    [InlineData(1, "334 ", "AuthenticationAborted")]
    [InlineData(2, "334 ", "AuthenticationAborted")]                                  // SCRAM is through
    [InlineData(0, "334 cj1vdGhlcixzPUFBQUFBQUFBQUFBPSxpPTQwOTY=", "AuthenticationAborted")]     // r=other,s=AAAAAAAAAAA=,i=4096
    [InlineData(0, "235 2.7.0 welcome", "ServerNotAuthenticated")]                    // before the client's proof
    [InlineData(1, "235 2.7.0 welcome", "ServerNotAuthenticated")]                    // without the server's
    [InlineData(1, "334 dj1BQUFB", "ServerNotAuthenticated")]                         // v=AAAA
    [InlineData(1, "334 ZT1pbnZhbGlkLXByb29m", "CredentialsRefused")]                 // e=invalid-proof
    [InlineData(1, "334 ZT1uby1yZXNvdXJjZXM=", "AuthenticationRefused")]              // e=no-resources
    [Trait("rfc", "5802#5")]
    public async Task OpenAsync_SomethingElseAtAReply_IsNeverASession(int at, string says, string expected)
    {
        var peer = new LoginPeer("SCRAM-SHA-256", (number, reply) => number == at ? says : reply);
        Assert.Equal(expected, await TryAsync(peer, LoginPeer.Password, says == "STALL" ? at + 1 : 0));

        // A login this side ends while the server waits is ended by "*", and the session by QUIT: it is in step.
        if (says.StartsWith("334", StringComparison.Ordinal))
            Assert.Equal(["*", "QUIT"], peer.Lines[^2..]);
        else
            Assert.DoesNotContain("*", peer.Lines);
    }

    [Fact]
    public async Task OpenAsync_TwoRepliesAtOnce_AreNotTakenForTheSecond()
    {
        var peer = new LoginPeer("SCRAM-SHA-256", (number, reply) => number == 0 ? $"{reply}\r\n235 2.7.0 welcome" : reply);
        Assert.Equal("ProtocolViolation", await TryAsync(peer, LoginPeer.Password));
    }

    [Fact]
    public async Task OpenAsync_Again_DerivesNoKeys()
    {
        using var credentials = new SaslCredentials(LoginPeer.User, LoginPeer.Password);
        var authentication = new SmtpClientAuthentication(credentials);
        for (var login = 0; login < 3; login++)
            Assert.Equal("SCRAM-SHA-512", await TryAsync(new LoginPeer("SCRAM-SHA-512 PLAIN"), authentication));
    }

    [Fact]
    public async Task OpenAsync_ProviderThatNeverAnswers_IsATimeout()
    {
        var clock = new StageClock();
        var tokens = new Silence();
        using var credentials = SaslCredentials.Token(LoginPeer.User, tokens);
        using var authority = Mail.Security.Testing.TestCertificateAuthority.CreateRoot();
        using var certificate = authority.Issue("mx.test");
        await using var peer = Mail.Security.Testing.ScriptedSmtpPeer.StartMailExchanger(new Mail.Security.Testing.MailExchangerOptions
        {
            Tls = new Mail.Security.Testing.SmtpPeerTls(certificate), KeywordsUnderTls = ["AUTH XOAUTH2"],
        });
        var opening = Rig.TryOpenAsync(peer, Rig.StartTls with { Verifier = new TrustingVerifier(), Authentication = new SmtpClientAuthentication(credentials) }, clock);
        await Rig.UntilAsync(() => tokens.Asked);
        clock.Expire(StageClock.Limits.Authentication);
        var failure = Assert.IsType<SessionOpenResult.Failed>(await opening).Failure;
        Assert.Equal((SessionFailureKind.AuthenticationAborted, "XOAUTH2: no token and no keys within 110 seconds"), (failure.Kind, failure.Detail));
    }

    [Fact]
    public async Task OpenAsync_CancelledDuringALogin_ThrowsAndCloses()
    {
        var peer = new LoginPeer("SCRAM-SHA-256", (_, _) => "STALL");
        using var credentials = new SaslCredentials(LoginPeer.User, LoginPeer.Password);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Rig.Stop);
        var serving = peer.ServeAsync();
        var opening = SmtpClientSession.OpenAsync(peer.Client, Rig.Clear with { Authentication = new SmtpClientAuthentication(credentials) }, cancellationToken: cancel.Token).AsTask();
        await Rig.UntilAsync(() => peer.Replies == 1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.True(peer.Client.IsDisposed);
        await serving;
    }

    private static async Task<string> TryAsync(LoginPeer peer, string password, int stallsAt = 0)
    {
        using var credentials = new SaslCredentials(LoginPeer.User, password);
        var selector = new SaslClientSelector(new SaslClientOptions { AllowedUnverified = ["PLAIN", "LOGIN", "CRAM-MD5"] });
        return await TryAsync(peer, new SmtpClientAuthentication(credentials, selector), stallsAt);
    }

    private static async Task<string> TryAsync(LoginPeer peer, SmtpClientAuthentication authentication, int stallsAt = 0)
    {
        var clock = new StageClock();
        var serving = peer.ServeAsync();
        var opening = SmtpClientSession.OpenAsync(peer.Client, Rig.Clear with { Authentication = authentication }, clock, Rig.Stop).AsTask();
        if (stallsAt > 0)
        {
            await Rig.UntilAsync(() => peer.Replies == stallsAt);
            clock.Expire(StageClock.Limits.Authentication);
        }
        var result = await opening;
        if (result is SessionOpenResult.Opened(var session))
            await session.CloseAsync(Rig.Stop);
        await serving;
        return result is SessionOpenResult.Opened opened ? opened.Session.AuthenticationMechanism! : ((SessionOpenResult.Failed)result).Failure.Kind.ToString();
    }

    private sealed class Silence : ISaslTokenProvider
    {
        public bool Asked { get; private set; }

        public async ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken)
        {
            Asked = true;
            await Task.Delay(Timeout.Infinite, CancellationToken.None);      // nor does it look at the token
            throw new System.Diagnostics.UnreachableException();
        }
    }
}
