using Mail.Security.Sasl;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>The dialogue of a login, written out.</summary>
public sealed class AuthenticationTests : IDisposable
{
    private const string Plain = "AGFubgBjb3JyZWN0IGhvcnNl";       // "\0ann\0correct horse"

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();

    [Theory]
    [InlineData("PLAIN", "C: AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNl|S: 235 2.7.0 ok")]
    [InlineData("LOGIN", "C: AUTH LOGIN|S: 334 VXNlcm5hbWU6|C: YW5u|S: 334 UGFzc3dvcmQ6|C: Y29ycmVjdCBob3JzZQ==|S: 235 2.7.0 ok")]
    [InlineData("LOGIN", "C: AUTH LOGIN|S: 334 |C: YW5u|S: 334|C: Y29ycmVjdCBob3JzZQ==|S: 235")]
    [InlineData("CRAM-MD5", "C: AUTH CRAM-MD5|S: 334 PDEuMkBteC50ZXN0Pg==|C: YW5uI*|S: 235 2.7.0 ok")]
    [InlineData("XOAUTH2 PLAIN", "C: AUTH XOAUTH2 dXNlcj1hbm4BYXV0aD1CZWFyZXIgY29ycmVjdC1ob3JzZQEB|S: 235 2.7.0 ok")]
    [InlineData("OAUTHBEARER XOAUTH2", "C: AUTH OAUTHBEARER bixhPWFubiwBaG9zdD1teC50ZXN0AWF1dGg9QmVhcmVyIGNvcnJlY3QtaG9yc2UBAQ==|S: 235 2.7.0 ok")]
    [InlineData("EXTERNAL PLAIN", "C: AUTH EXTERNAL =|S: 235 2.7.0 ok")]
    [InlineData("=PLAIN", "C: AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNl|S: 235 2.7.0 ok")]                         // the old spelling of the list
    [Trait("rfc", "4954#4")]
    public async Task OpenAsync_EachMechanism_LogsIn(string offered, string dialogue)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, offered, dialogue);

        var session = Assert.IsType<SessionOpenResult.Opened>(await OpenAsync(peer, offered)).Session;
        await using (session)
        {
            Assert.Equal(offered.TrimStart('=').Split(' ')[0], session.AuthenticationMechanism);
            Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        }
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]
    [InlineData("S: 535 5.7.8 wrong", "CredentialsRefused")]
    [InlineData("S: 535-5.7.8 wrong|S: 535 5.7.8 and see elsewhere", "CredentialsRefused")]
    [InlineData("S: 535", "CredentialsRefused")]
    [InlineData("S: 454 4.7.0 later", "AuthenticationUnavailable")]
    [InlineData("S: 451 4.3.0 later", "AuthenticationUnavailable")]
    [InlineData("S: 432 4.7.12 transition", "PasswordTransitionNeeded")]
    [InlineData("S: 534 5.7.9 an application password, please", "MechanismTooWeak")]
    [InlineData("S: 538 5.7.11 encrypt", "EncryptionRequired")]
    [InlineData("S: 530 5.7.0 no", "AuthenticationRefused")]
    [InlineData("S: 525 5.7.13 disabled", "AuthenticationRefused")]
    [InlineData("S: 500 5.5.6 too long", "AuthenticationCommandRefused")]
    [InlineData("S: 501 5.5.2 no base64", "AuthenticationCommandRefused")]
    [InlineData("S: 502 5.5.1 what", "AuthenticationCommandRefused")]
    [InlineData("S: 503 5.5.1 not now", "AuthenticationCommandRefused")]
    [InlineData("S: 504 5.5.4 no such mechanism", "AuthenticationCommandRefused")]
    [InlineData("S: 250 ok", "ProtocolViolation")]
    [InlineData("S: 220 ok", "ProtocolViolation")]
    [InlineData("S: 354 go ahead", "ProtocolViolation")]
    [Trait("rfc", "4954#6")]
    public async Task OpenAsync_RefusedLogin_SaysHow(string reply, string kind)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", $"C: AUTH PLAIN {Plain}|{reply}|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((kind, SmtpStage.Authentication), (failure.Kind.ToString(), failure.Stage));
        Assert.Equal(int.Parse(reply[3..6], System.Globalization.CultureInfo.InvariantCulture), failure.Reply!.Code);
        Assert.StartsWith("PLAIN: ", failure.Detail, StringComparison.Ordinal);
        Assert.IsType<PeerVerdict.Authenticated>(failure.Verdict);
        Assert.NotNull(failure.PeerCertificate);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);               // the last word was QUIT
    }

    [Theory]
    [InlineData("S: 421 4.3.2 closing", "Refused421")]
    [InlineData("RAW what?\\r\\n", "ProtocolViolation")]
    [InlineData("RAW 235 ok\\n", "ProtocolViolation")]
    [InlineData("RAW 235-ok\\r\\n535 no\\r\\n", "ProtocolViolation")]
    [InlineData("CLOSE", "ConnectionLost")]
    [InlineData("RESET", "ConnectionLost")]
    public async Task OpenAsync_NoLastReply_SaysHowWithoutQuit(string does, string kind)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", $"C: AUTH PLAIN {Plain}|{does}");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((kind, SmtpStage.Authentication), (failure.Kind.ToString(), failure.Stage));
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
        Assert.DoesNotContain("QUIT", peer.Connections[0].Commands);
    }

    [Theory]
    [InlineData("S: 334 UGFz*c3dvcmQ6")]                    // no letter of the alphabet
    [InlineData("S: 334 UGFz c3dvcmQ6")]                    // white space, which decoders like to pass over
    [InlineData("S: 334 UGFzc3dvcmQ6=")]
    [InlineData("S: 334 =UGFzc3dvcmQ")]
    [InlineData("S: 334 UGF=UGFz")]
    [InlineData("S: 334 UGFzc3dvcm")]                       // cut off
    [InlineData("S: 334-UGFz|S: 334 c3dvcmQ6")]             // two lines
    [InlineData("S: 334 bW9yZT8=")]                         // PLAIN has one message
    [Trait("rfc", "4954#4")]
    public async Task OpenAsync_ChallengeThatCannotBeAnswered_IsCancelled(string challenge)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", $"C: AUTH PLAIN {Plain}|{challenge}|C: *|S: 501 5.7.0 cancelled|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((SessionFailureKind.AuthenticationAborted, 501), (failure.Kind, failure.Reply!.Code));
        var record = await peer.WaitForEndAsync(1, Rig.Stop);
        Assert.Null(record.Mismatch);
        Assert.Equal("*", record.Commands[^2]);
    }

    [Theory]
    [InlineData("S: 501 5.7.0 cancelled", 501, true)]
    [InlineData("S: 535 5.7.8 no", 535, true)]
    [InlineData("S: 454 4.7.0 no", 454, true)]
    [InlineData("S: 235 2.7.0 welcome", null, false)]       // it has not understood
    [InlineData("S: 334 ", null, false)]
    [InlineData("S: 421 4.3.2 closing", 421, false)]
    [InlineData("RAW what?\\r\\n", null, false)]
    [InlineData("CLOSE", null, false)]
    public async Task OpenAsync_AnswerToTheCancellation_DecidesWhetherTheSessionIsInStep(string answer, int? code, bool quits)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", $"C: AUTH PLAIN {Plain}|S: 334 ?|C: *|{answer}{(answer == "CLOSE" ? "" : "|C: QUIT")}");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((SessionFailureKind.AuthenticationAborted, code), (failure.Kind, failure.Reply?.Code));
        Assert.Equal(quits, (await peer.WaitForEndAsync(1, Rig.Stop)).Commands.Contains("QUIT"));
    }

    [Theory]
    [InlineData("OAUTHBEARER", "AQ==", "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJtYWlsIn0=", "invalid_token, scope mail")]
    [InlineData("XOAUTH2", "", "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==", "401, scope https://mail.google.com/")]
    [Trait("rfc", "7628#3.2.3")]
    public async Task OpenAsync_TokenRefused_TheErrorIsAcknowledgedAndTold(string mechanism, string acknowledgement, string error, string told)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, mechanism, $"C: AUTH {mechanism} *|S: 334 {error}|C: {acknowledgement}|S: 535 5.7.8 no|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, mechanism)).Failure;
        Assert.Equal((SessionFailureKind.CredentialsRefused, $"{mechanism}: 535 5.7.8 no ({told})"), (failure.Kind, failure.Detail));
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]
    [InlineData("S: 535 5.7.8 no", 1)]
    [InlineData("S: 454 4.7.0 later", 0)]
    [InlineData("S: 432 4.7.12 transition", 0)]
    [InlineData("S: 504 5.5.4 no", 0)]
    [InlineData("S: 538 5.7.11 encrypt", 0)]
    [InlineData("S: 334 e30=|C: |S: 454 4.7.0 later", 1)]       // the mechanism itself was told of an error
    [Trait("rfc", "4954#6")]
    public async Task OpenAsync_TokenNotTaken_DroppedOnlyWhenItWasRefused(string answer, int dropped)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "XOAUTH2", $"C: AUTH XOAUTH2 *|{answer}|C: QUIT");
        var tokens = new CountedTokens();
        using var credentials = SaslCredentials.Token("ann", tokens);

        Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, new SmtpClientAuthentication(credentials)));
        Assert.Equal(dropped, tokens.Refused);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Fact]
    public async Task OpenAsync_ProviderGivesUp_IsAFailureAndNoCancellation()
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "XOAUTH2", "C: QUIT");
        using var credentials = SaslCredentials.Token("ann", new CountedTokens { Thrown = new TaskCanceledException("timeout") });
        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, new SmtpClientAuthentication(credentials))).Failure;
        Assert.Equal((SessionFailureKind.TokenUnavailable, "XOAUTH2: the provider of tokens failed (TaskCanceledException)"), (failure.Kind, failure.Detail));
    }

    [Fact]
    public async Task OpenAsync_NoToken_SendsNothingOfALogin()
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "XOAUTH2", "C: QUIT");
        using var credentials = SaslCredentials.Token("ann", new NoToken());

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, new SmtpClientAuthentication(credentials))).Failure;
        Assert.Equal((SessionFailureKind.TokenUnavailable, "XOAUTH2: the authorization server is away"), (failure.Kind, failure.Detail));
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]
    [InlineData(367, true)]                                 // 372 octets are 496 letters: 509 octets with the command and CRLF
    [InlineData(368, false)]
    [InlineData(8000, false)]
    [Trait("rfc", "4954#4")]
    [Trait("rfc", "5321#4.5.3.1.4")]
    public async Task OpenAsync_LongFirstResponse_GoesByItself(int passwordLength, bool withTheCommand)
    {
        using var certificate = _authority.Issue("mx.test");
        using var credentials = new SaslCredentials("ann", new string('p', passwordLength));
        var message = Convert.ToBase64String([0, .. "ann"u8, 0, .. Enumerable.Repeat((byte)'p', passwordLength)]);
        Assert.Equal(withTheCommand, $"AUTH PLAIN {message}\r\n".Length <= 512);
        await using var peer = Under(certificate, "PLAIN", withTheCommand ? $"C: AUTH PLAIN {message}|S: 235 ok" : $"C: AUTH PLAIN|S: 334 |C: {message}|S: 235 ok");

        var opened = Assert.IsType<SessionOpenResult.Opened>(await OpenAsync(peer, new SmtpClientAuthentication(credentials)));
        await opened.Session.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_ChallengeInPlaceOfTheRequest_IsCancelled()
    {
        using var certificate = _authority.Issue("mx.test");
        using var credentials = new SaslCredentials("ann", new string('p', 500));
        await using var peer = Under(certificate, "PLAIN", "C: AUTH PLAIN|S: 334 bW9yZT8=|C: *|S: 501 cancelled|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, new SmtpClientAuthentication(credentials))).Failure;
        Assert.Equal(SessionFailureKind.AuthenticationAborted, failure.Kind);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Fact]
    public async Task OpenAsync_MechanismUnknownAfterAll_TheNextIsTried()
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "CRAM-MD5 LOGIN PLAIN", $"C: AUTH CRAM-MD5|S: 504 5.5.4 no|C: AUTH PLAIN {Plain}|S: 504 5.5.4 no|C: AUTH LOGIN|S: 504 5.5.4 no|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((SessionFailureKind.AuthenticationCommandRefused, "LOGIN: 504 5.5.4 no"), (failure.Kind, failure.Detail));
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]                                                // what is offered in clear counts for nothing, and nothing is sent
    [InlineData("GSSAPI NTLM", "The server offered GSSAPI, NTLM: none can be used.")]
    [InlineData("", "The server offered no mechanism.")]
    [InlineData(null, "The server offers no authentication.")]
    public async Task OpenAsync_NothingMutual_SaysWhatWasOffered(string? offered, string detail)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, offered, "C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal((SessionFailureKind.NoMutualMechanism, SmtpStage.Authentication, detail), (failure.Kind, failure.Stage, failure.Detail));
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]
    [InlineData(true, false, "PLAIN")]
    [InlineData(false, false, null)]                        // encrypted, and nobody knows by whom
    [InlineData(false, true, "PLAIN")]                      // by name
    public async Task OpenAsync_PasswordOverTls_OnlyToAVerifiedServer(bool verified, bool allowed, string? mechanism)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", mechanism is null ? "C: QUIT" : $"C: AUTH PLAIN {Plain}|S: 235 ok");
        using var credentials = new SaslCredentials("ann", "correct horse");
        var selector = new SaslClientSelector(new SaslClientOptions { AllowedUnverified = allowed ? ["PLAIN"] : [] });
        var settings = Rig.StartTls with { Authentication = new SmtpClientAuthentication(credentials, selector) };

        var result = await Rig.TryOpenAsync(peer, verified ? settings with { Verifier = new TrustingVerifier() } : settings);
        if (result is SessionOpenResult.Opened(var session))
            await session.DisposeAsync();
        Assert.Equal(mechanism, (result as SessionOpenResult.Opened)?.Session.AuthenticationMechanism);
        if (result is SessionOpenResult.Failed(var failure))
            Assert.Equal((SessionFailureKind.NoMutualMechanism, "The server offered PLAIN: none can be used, and PLAIN only on a verified channel."), (failure.Kind, failure.Detail));
    }

    [Fact]
    public async Task OpenAsync_InClear_NoPasswordGoes()
    {
        await using var peer = ScriptedSmtpPeer.Play("S: 220 mx.test\nC: EHLO *\nS: 250-mx.test\nS: 250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\nC: QUIT");
        using var credentials = new SaslCredentials("ann", "correct horse");
        var failure = await Rig.FailAsync(peer, Rig.Clear with { Authentication = new SmtpClientAuthentication(credentials) });
        Assert.Equal(SessionFailureKind.NoMutualMechanism, failure.Kind);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    [Theory]
    [InlineData("535 5.7.8 bad login AGFubgBjb3JyZWN0IGhvcnNl", true)]
    [InlineData("535 5.7.8 bad password: correct horse", true)]
    [InlineData("501 5.5.4 AUTH PLAIN AGFubgBjb3Jy... is no way", true)]
    [InlineData("535 5.7.8 bad login; see https://mx.test/help", false)]
    public async Task OpenAsync_ReplyThatRepeatsTheSecret_IsKeptWithoutItsText(string reply, bool withheld)
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "PLAIN", $"C: AUTH PLAIN {Plain}|S: {reply}|C: QUIT");

        var failure = Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure;
        Assert.Equal(withheld, failure.Detail.EndsWith("(text withheld: it repeats what was sent)", StringComparison.Ordinal));
        Assert.Equal(withheld ? $"PLAIN: {reply[..9]} (text withheld: it repeats what was sent)" : $"PLAIN: {reply}", failure.Detail);
        Assert.DoesNotContain("horse", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Plain[..8], $"{failure} {failure.Reply}", StringComparison.Ordinal);
    }

    [Fact]                                                  // RFC 5929 §4: bound to the certificate the server shows
    public async Task OpenAsync_PlusOffered_BindsToTheCertificate()
    {
        using var certificate = _authority.Issue("mx.test");
        await using var peer = Under(certificate, "SCRAM-SHA-256-PLUS SCRAM-SHA-256", "C: AUTH SCRAM-SHA-256-PLUS cD10bHMtc2VydmVyLWVuZC1wb2ludCws*|S: 535 5.7.8 no|C: QUIT");

        Assert.Equal(SessionFailureKind.CredentialsRefused, Assert.IsType<SessionOpenResult.Failed>(await OpenAsync(peer, "PLAIN")).Failure.Kind);
        Assert.Null((await peer.WaitForEndAsync(1, Rig.Stop)).Mismatch);
    }

    public void Dispose() => _authority.Dispose();

    private static ScriptedSmtpPeer Under(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, string? offered, string dialogue)
    {
        var auth = offered is null ? "S: 250 8BITMIME" : $"S: 250 AUTH{(offered.StartsWith('=') ? "" : " ")}{offered}";
        var mail = dialogue.EndsWith("235 2.7.0 ok", StringComparison.Ordinal) || dialogue.EndsWith("S: 235", StringComparison.Ordinal)
            ? "|C: MAIL *|S: 250 ok|C: RCPT *|S: 250 ok|C: DATA|S: 354 go|CONTENT|S: 250 queued" : "";
        var script = $"S: 220 mx.test|C: EHLO *|S: 250-mx.test|S: 250-AUTH PLAIN LOGIN|S: 250 STARTTLS|C: STARTTLS|S: 220 go|TLS|C: EHLO *|S: 250-mx.test|{auth}|{dialogue}{mail}";
        return ScriptedSmtpPeer.Play([SmtpDialogue.Parse(script.Replace('|', '\n'))], new SmtpPeerTls(certificate));
    }

    private static async Task<SessionOpenResult> OpenAsync(ScriptedSmtpPeer peer, string mechanism)
    {
        using var credentials = mechanism.StartsWith("EXTERNAL", StringComparison.Ordinal) ? SaslCredentials.External()
            : mechanism.Contains("OAUTH", StringComparison.Ordinal) ? SaslCredentials.Token("ann", new SaslToken("correct-horse"))
            : new SaslCredentials("ann", "correct horse");
        return await OpenAsync(peer, new SmtpClientAuthentication(credentials));
    }

    private static async Task<SessionOpenResult> OpenAsync(ScriptedSmtpPeer peer, SmtpClientAuthentication authentication) =>
        await Rig.TryOpenAsync(peer, Rig.StartTls with { Verifier = new TrustingVerifier(), Authentication = authentication });

    private sealed class CountedTokens : ISaslTokenProvider
    {
        public Exception? Thrown { get; init; }

        public int Refused { get; private set; }

        public ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken) =>
            Thrown is null ? ValueTask.FromResult<SaslTokenResult>(new SaslTokenResult.Issued(new SaslToken("correct-horse"))) : throw Thrown;

        public void Refuse(SaslToken token, string error) => Refused++;
    }

    private sealed class NoToken : ISaslTokenProvider
    {
        public ValueTask<SaslTokenResult> GetTokenAsync(string userName, CancellationToken cancellationToken) =>
            ValueTask.FromResult<SaslTokenResult>(new SaslTokenResult.Unavailable("the authorization server is away"));
    }
}
