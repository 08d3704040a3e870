using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>The handshake, by STARTTLS and from the first byte, and what the session then knows of it.</summary>
public sealed class TlsHandshakeTests : IDisposable
{
    // A ServerHello that chooses TLS 1.1, in a TLS 1.1 record.
    private const string ServerHelloTls11 = "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02" + "01234567890123456789012345678901" + "\x00\xc0\x13\x00";

    private readonly TestCertificateAuthority _authority = TestCertificateAuthority.CreateRoot();
    private readonly X509Certificate2 _certificate;

    public TlsHandshakeTests() => _certificate = _authority.Issue("mx.test");

    [Theory]
    [InlineData(TlsUse.StartTls, SslProtocols.Tls12)]
    [InlineData(TlsUse.StartTls, SslProtocols.Tls13)]
    [InlineData(TlsUse.Implicit, SslProtocols.Tls12)]
    [InlineData(TlsUse.Implicit, SslProtocols.Tls13)]
    [Trait("rfc", "3207#4")]
    [Trait("rfc", "8314#3")]
    public async Task OpenAsync_Tls_SessionTellsWhatItRunsUnder(TlsUse use, SslProtocols protocol)
    {
        await using var peer = Peer(use, new SmtpPeerTls(_certificate) { Protocols = protocol });
        await using var session = await Rig.OpenAsync(peer, Settings(use));

        Assert.Equal((protocol, ChannelSecurity.Encrypted), (session.Tls!.Protocol, session.Channel.Security));
        Assert.Equal(TlsPeerCertificate.From(_certificate), session.Tls.PeerCertificate);
        Assert.IsType<PeerVerdict.EncryptedOnly>(session.Tls.Verdict);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        Assert.Equal((protocol, "mx.test"), (peer.Connections[0].TlsProtocol, peer.Connections[0].ServerName));
    }

    [Fact]
    public async Task OpenAsync_WithoutTls_OfferIsNotTaken()
    {
        await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(_certificate));
        await using var session = await Rig.OpenAsync(peer, Rig.Clear);

        Assert.Null(session.Tls);
        Assert.Equal(ChannelSecurity.Clear, session.Channel.Security);
        Assert.True(session.Capabilities.StartTls);
    }

    [Fact]
    [Trait("rfc", "6066#3")]
    public async Task OpenAsync_NoServerName_NoneIsSent()
    {
        await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(_certificate));
        await using var session = await Rig.OpenAsync(peer, Rig.StartTls with { ServerName = null });

        Assert.Null(peer.Connections[0].ServerName);
    }

    [Theory]
    [InlineData(TlsUse.StartTls)]
    [InlineData(TlsUse.Implicit)]
    public async Task OpenAsync_VerifierAuthenticates_ChannelIsAuthenticated(TlsUse use)
    {
        await using var peer = Peer(use, new SmtpPeerTls(_certificate) { Chain = _authority.Chain });
        await using var session = await Rig.OpenAsync(peer, Settings(use) with { Verifier = new WebPkiVerifier(Rig.Host, [_authority.Certificate]) });

        Assert.Equal(ChannelSecurity.Authenticated, session.Channel.Security);
        Assert.Equal(new PeerVerdict.Authenticated("webpki", "mx.test"), session.Tls!.Verdict);
    }

    [Theory]
    [InlineData(TlsUse.StartTls)]
    [InlineData(TlsUse.Implicit)]
    [Trait("rfc", "7671#5.1")]
    public async Task OpenAsync_CertificateWithoutReadableDate_TheVerifierDecides(TlsUse use)
    {
        using var spoiled = _certificate.WithUnreadableEnd();
        await using var peer = Peer(use, new SmtpPeerTls(spoiled));
        await using (var session = await Rig.OpenAsync(peer, Settings(use) with { Verifier = new FakeVerifier(new PeerVerdict.Authenticated("dane-ee", "")) }))
        {
            var note = TlsPeerCertificate.From(_certificate);
            Assert.Equal(note with { NotAfter = null, Sha256 = session.Tls!.PeerCertificate!.Sha256 }, session.Tls.PeerCertificate);
            Assert.NotEqual(note.Sha256, session.Tls.PeerCertificate.Sha256);
        }
        await using (var session = await Rig.OpenAsync(peer, Settings(use)))
            Assert.IsType<PeerVerdict.EncryptedOnly>(session.Tls!.Verdict);

        var failure = await Rig.FailAsync(peer, Settings(use) with { Verifier = new WebPkiVerifier(Rig.Host, [_authority.Certificate]) });
        Assert.Equal((SessionFailureKind.PeerRejected, PeerRejection.Untrusted), (failure.Kind, Assert.IsType<PeerVerdict.Rejected>(failure.Verdict).Reason));
    }

    [Fact]                                                  // DANE-TA needs them all, in the order sent
    public async Task OpenAsync_ChainSent_VerifierSeesAllOfIt()
    {
        using var middle = _authority.CreateIntermediate();
        using var low = middle.CreateIntermediate();
        using var leaf = low.Issue("mx.test");
        foreach (var protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            var verifier = new FakeVerifier(new PeerVerdict.EncryptedOnly(""));
            await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(leaf) { Chain = [low.Certificate, middle.Certificate], Protocols = protocol });
            await using var session = await Rig.OpenAsync(peer, Rig.StartTls with { Verifier = verifier });

            Assert.Equal([leaf.Thumbprint, low.Certificate.Thumbprint, middle.Certificate.Thumbprint], verifier.Seen);
        }
    }

    [Theory]
    [InlineData(TlsUse.StartTls)]
    [InlineData(TlsUse.Implicit)]
    public async Task OpenAsync_VerifierRejects_FailureSaysWhyAndWho(TlsUse use)
    {
        var verdict = new PeerVerdict.Rejected(PeerRejection.NoTlsaMatch, "none of 2 records");
        await using var peer = Peer(use, new SmtpPeerTls(_certificate));

        var failure = await Rig.FailAsync(peer, Settings(use) with { Verifier = new FakeVerifier(verdict) });

        Assert.Equal((SessionFailureKind.PeerRejected, SmtpStage.TlsHandshake, verdict), (failure.Kind, failure.Stage, failure.Verdict));
        Assert.Equal(TlsPeerCertificate.From(_certificate), failure.PeerCertificate);
        Assert.Contains("none of 2 records", failure.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain((await peer.WaitForEndAsync(1, Rig.Stop)).Commands, command => command.StartsWith("QUIT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_VerifierThrows_ExceptionPassesAndConnectionCloses()
    {
        await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(_certificate));
        var socket = await Rig.ConnectAsync(peer.EndPoint);
        var seen = new LinkStream(socket, socket);

        await Assert.ThrowsAsync<NotSupportedException>(async () =>
            await SmtpClientSession.OpenAsync(seen, Rig.StartTls with { Verifier = new FakeVerifier(null) }, cancellationToken: Rig.Stop));
        Assert.True(seen.IsDisposed);
    }

    [Theory]
    [InlineData(TlsUse.Implicit, ServerHelloTls11, "TlsHandshake")]
    [InlineData(TlsUse.Implicit, "HTTP/1.1 400 Bad Request\r\n\r\n", "TlsHandshake")]
    [InlineData(TlsUse.Implicit, "220 mx.test ESMTP\r\n", "TlsHandshake")]
    [InlineData(TlsUse.Implicit, "\x15\x03\x03\x00\x02\x02\x28", "TlsHandshake")]       // alert: handshake_failure
    [InlineData(TlsUse.StartTls, "", "TlsHandshake")]
    [InlineData(TlsUse.StartTls, "CLOSE", "TlsHandshake")]
    [InlineData(TlsUse.StartTls, "RESET", "TlsHandshake")]
    [InlineData(TlsUse.StartTls, "STALL", "Timeout")]
    [InlineData(TlsUse.Implicit, "STALL", "Timeout")]
    [Trait("rfc", "8996#5")]
    public async Task OpenAsync_HandshakeGoesWrong_FailsInsteadOfFallingBack(TlsUse use, string does, string kind)
    {
        var options = new MailExchangerOptions { Tls = new SmtpPeerTls(_certificate), ImplicitTls = use == TlsUse.Implicit };
        options.On(SmtpPeerMoment.Handshake, does is "CLOSE" or "RESET" or "STALL" ? Act.Read(does) : new SmtpPeerAction.Raw(does));
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        var clock = new StageClock();
        if (does == "STALL")
            clock.Expire(StageClock.Limits.TlsHandshake);

        var failure = await Rig.FailAsync(peer, Settings(use), clock);

        Assert.Equal((kind, SmtpStage.TlsHandshake), (failure.Kind.ToString(), failure.Stage));
        Assert.Null(failure.Verdict);
    }

    [Fact]                                                  // the server refuses what it does not know
    [Trait("rfc", "8996#5")]
    public async Task OpenAsync_ServerOfOldVersionsOnly_Fails()
    {
#pragma warning disable CA5397, CA5398, SYSLIB0039 // The old version is what must be refused.
        await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(_certificate) { Protocols = SslProtocols.Tls11 });
#pragma warning restore CA5397, CA5398, SYSLIB0039

        Assert.Equal(SessionFailureKind.TlsHandshake, (await Rig.FailAsync(peer, Rig.StartTls)).Kind);
    }

    [Theory]                                                // the server hangs up after the handshake, without an alert
    [InlineData(TlsUse.StartTls, SslProtocols.Tls12, SmtpStage.Hello)]
    [InlineData(TlsUse.StartTls, SslProtocols.Tls13, SmtpStage.Hello)]
    [InlineData(TlsUse.Implicit, SslProtocols.Tls13, SmtpStage.Greeting)]
    public async Task OpenAsync_ClientCertificateDemanded_FailureKnowsTheServer(TlsUse use, SslProtocols protocol, SmtpStage stage)
    {
        await using var peer = Peer(use, new SmtpPeerTls(_certificate) { Protocols = protocol, RequireClientCertificate = true });

        var failure = await Rig.FailAsync(peer, Settings(use));

        Assert.Equal((SessionFailureKind.ConnectionLost, stage), (failure.Kind, failure.Stage));
        Assert.Equal(TlsPeerCertificate.From(_certificate), failure.PeerCertificate);
        Assert.IsType<PeerVerdict.EncryptedOnly>(failure.Verdict);
    }

    [Theory]                                                // in TLS 1.3 the refusal comes after our half, in place of the next reply
    [InlineData(TlsUse.StartTls, int.MaxValue, SmtpStage.Hello)]
    [InlineData(TlsUse.StartTls, 5, SmtpStage.Hello)]       // and the connection may be gone before EHLO is written: the alert still says why
    [InlineData(TlsUse.Implicit, int.MaxValue, SmtpStage.Greeting)]
    public async Task OpenAsync_AlertAfterTheHandshake_IsTheReason(TlsUse use, int failingWrite, SmtpStage stage)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = Task.Run(ServeAsync, Rig.Stop);
        var socket = await Rig.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var stream = new LinkStream(socket, socket) { FailingWrite = failingWrite };     // EHLO, STARTTLS, two flights of the handshake, EHLO

        var result = await SmtpClientSession.OpenAsync(stream, Settings(use), cancellationToken: Rig.Stop);
        await server;

        var failure = Assert.IsType<SessionOpenResult.Failed>(result).Failure;
        Assert.Equal((SessionFailureKind.TlsHandshake, stage), (failure.Kind, failure.Stage));
        Assert.Equal(TlsPeerCertificate.From(_certificate), failure.PeerCertificate);
        Assert.Equal(failingWrite != int.MaxValue, stream.Writes == failingWrite);

        async Task ServeAsync()
        {
            using var accepted = await listener.AcceptTcpClientAsync(Rig.Stop);
            var wire = accepted.GetStream();
            foreach (var reply in use == TlsUse.StartTls ? new[] { "220 mx.test\r\n", "250-mx.test\r\n250 STARTTLS\r\n", "220 go\r\n" } : [])
            {
                await wire.WriteAsync(System.Text.Encoding.ASCII.GetBytes(reply), Rig.Stop);
                if (reply != "220 go\r\n")
                    Assert.True(await wire.ReadAsync(new byte[512], Rig.Stop) > 0);
            }
            DemandingTlsServer.Refuse(wire, _certificate);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task OpenAsync_ClientCertificateGiven_IsShown(SslProtocols protocol)
    {
        using var client = _authority.Issue(new TestCertificateSpec { DnsNames = ["client.test"], ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] });
        await using var peer = Peer(TlsUse.StartTls, new SmtpPeerTls(_certificate) { Protocols = protocol, RequireClientCertificate = true });
        await using var session = await Rig.OpenAsync(peer, Rig.StartTls with { ClientCertificate = client });

        Assert.Equal(client.Subject, peer.Connections[0].ClientCertificateSubject);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    private static SmtpSessionSettings Settings(TlsUse use) => use == TlsUse.Implicit ? Rig.Implicit : Rig.StartTls;

    private static ScriptedSmtpPeer Peer(TlsUse use, SmtpPeerTls tls) => ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Tls = tls, ImplicitTls = use == TlsUse.Implicit });

    private sealed class FakeVerifier(PeerVerdict? verdict) : PeerVerifier
    {
        public IReadOnlyList<string> Seen { get; private set; } = [];

        public override string PolicyKey => "fake";

        public override PeerVerdict Verify(in PeerCertificates peer)
        {
            Seen = [.. peer.Presented.Select(certificate => certificate.Thumbprint)];
            return verdict ?? throw new NotSupportedException();
        }
    }
}
