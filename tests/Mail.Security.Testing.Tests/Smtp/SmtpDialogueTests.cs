using System.Security.Authentication;
using System.Text;

namespace Mail.Security.Testing.Tests.Smtp;

public sealed class SmtpDialogueTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HELLO")]
    [InlineData("s: 220 small letter")]
    [InlineData("RAW")]
    [InlineData("RAW ends in \\")]
    [InlineData("RAW \\t")]
    [InlineData("tls")]
    [InlineData("CLOSE now")]
    public void Parse_NoInstruction_Throws(string line) => Assert.Throws<FormatException>(() => SmtpDialogue.Parse($"S: 220 x\n{line}"));

    [Fact]
    public async Task Play_WholeDialogue_RecordsEverything()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            # a small session
            S: 220 mx.test
            C: EHLO *

            S: 250-mx.test
            S: 250 PIPELINING
            C: mail from:<*>
            S: 250 ok
            C: RCPT TO:<b@*>
            S: 250 ok
            C: DATA
            S: 354 go
            CONTENT
            S: 250 queued
            C: QUIT
            S: 221 bye
            """);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("220 mx.test", await client.ReplyAsync());
        Assert.Equal("250-mx.test|250 PIPELINING", await client.AskAsync("EHLO client"));
        Assert.Equal("250 ok", await client.AskAsync("MAIL FROM:<a@example.com>"));
        Assert.Equal("250 ok", await client.AskAsync("RCPT TO:<b@example.net>"));
        Assert.Equal("354 go", await client.AskAsync("DATA"));
        Assert.Equal("250 queued", await client.AskAsync("one\r\n..two\r\n."));
        Assert.Equal("221 bye", await client.AskAsync("QUIT"));
        Assert.Equal("closed", await client.EndAsync());
        await client.DisposeAsync();

        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Equal((null, null, null, null), (record.Mismatch, record.Failure, record.TlsProtocol, record.ServerName));
        Assert.Equal(["EHLO client", "MAIL FROM:<a@example.com>", "RCPT TO:<b@example.net>", "DATA", "QUIT"], record.Commands);
        Assert.Equal("one\r\n.two\r\n", Assert.Single(record.Messages).Text);
    }

    [Theory]
    [InlineData("EHLO *", "EHLO x", true)]
    [InlineData("EHLO *", "HELO x", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", true)]
    [InlineData("RSET", "", false)]
    [InlineData("rset", "RSET", true)]
    [InlineData("MAIL FROM:<?@x>", "MAIL FROM:<?@x>", true)]
    [InlineData("MAIL FROM:<?@x>", "MAIL FROM:<a@x>", false)]                 // '?' is a letter of mail addresses
    [InlineData("RCPT TO:<\"a\\\"b\"@x>", "RCPT TO:<\"a\\\"b\"@x>", true)]     // and so is the backslash
    [InlineData("RCPT TO:<\"a\\\\*", "RCPT TO:<\"a\\\\b\"@x>", true)]
    [InlineData("A<B>C\"D", "A<B>C\"D", true)]                                // these mean something to file systems
    [InlineData("A>", "AX", false)]
    public async Task Play_Expectation_StarIsTheOnlyWildcard(string pattern, string line, bool matches)
    {
        await using var peer = ScriptedSmtpPeer.Play($"C: {pattern}\nS: 250 ok");
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal(matches ? "250 ok" : "(closed)", await client.AskAsync(line));
        await client.DisposeAsync();
        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Equal(matches ? null : $"expected \"{pattern}\", got \"{line}\"", record.Mismatch);
        Assert.Equal([line], record.Commands);
    }

    [Theory]
    [InlineData("C: QUIT", "", "expected \"QUIT\", got the end of the connection")]
    [InlineData("C: QUIT", "QUI", "expected \"QUIT\", got the end of the connection")]
    [InlineData("C: QUIT", "QUIT\n", "expected \"QUIT\", got the end of the connection")]
    [InlineData("CONTENT", "a\r\n.\n", "the content did not end")]
    [InlineData("CONTENT", "a\n.\r\n", "the content did not end")]
    public async Task Play_ClientStopsEarly_IsAMismatch(string script, string sent, string mismatch)
    {
        await using var peer = ScriptedSmtpPeer.Play(script);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.SendAsync(sent);
        client.EndSending();
        Assert.Equal("closed", await client.EndAsync());
        Assert.Equal(mismatch, (await peer.WaitForEndAsync(1, Ct)).Mismatch);
    }

    [Theory]
    [InlineData(".\r\n", "")]
    [InlineData("\r\n.\r\n", "\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]
    [InlineData("...\r\n.\r\n", "..\r\n")]
    [InlineData(".a\r\n.\r\n", "a\r\n")]
    [InlineData("a.\r\n.\r\n", "a.\r\n")]
    [InlineData("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n")]                        // a bare LF begins no line
    [InlineData("a\r.\r\n.\r\n", "a\r.\r\n")]
    [InlineData("a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n")]
    [InlineData("\0\u00FF\r\n.\r\n", "\0\u00FF\r\n")]
    public async Task Play_Content_EndsAtItsDotAndIsUnstuffed(string wire, string content)
    {
        await using var peer = ScriptedSmtpPeer.Play("CONTENT\nS: 250 ok");
        foreach (var step in new[] { wire.Length, 1 })
        {
            await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
            for (var at = 0; at < wire.Length; at += step)
                await client.SendAsync(wire.Substring(at, Math.Min(step, wire.Length - at)));
            Assert.Equal("250 ok", await client.ReplyAsync());
            Assert.Equal(content, peer.Connections[^1].Messages[0].Text);
        }
    }

    [Fact]
    public async Task Play_SeveralDialogues_OnePerConnectionAndTheLastForAllOthers()
    {
        await using var peer = ScriptedSmtpPeer.Play("S: 220 one", "S: 220 two");
        foreach (var expected in new[] { "220 one", "220 two", "220 two" })
        {
            await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
            Assert.Equal(expected, await client.ReplyAsync());
        }
        Assert.Equal([1, 2, 3], peer.Connections.Select(static record => record.Number));
        Assert.Throws<ArgumentException>(() => ScriptedSmtpPeer.Play(Array.Empty<SmtpDialogue>()));
    }

    [Theory]
    [InlineData("CLOSE", "closed")]
    [InlineData("RESET", "reset")]
    public async Task Play_End_AsTold(string instruction, string end)
    {
        await using var peer = ScriptedSmtpPeer.Play($"C: NOOP\nS: 250 x\n{instruction}\nS: never said");
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("250 x", await client.AskAsync("NOOP"));
        Assert.Equal(end, await client.EndAsync());
    }

    [Fact]
    public async Task Play_Stall_SaysNothingUntilDisposed()
    {
        var peer = ScriptedSmtpPeer.Play("S: 220 x\nSTALL");
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("220 x", await client.ReplyAsync());
        var next = client.EndAsync();
        await client.SendAsync("NOOP\r\n");
        Assert.False(next.IsCompleted);
        Assert.False(peer.WaitForEndAsync(1, Ct).IsCompleted);
        await peer.DisposeAsync();
        Assert.Contains(await next, new[] { "closed", "reset" });
        Assert.NotNull((await peer.WaitForEndAsync(1, Ct)).Failure);
    }

    [Fact]
    public async Task Play_Raw_SendsEveryOctetAndNoMore()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            RAW 220 a\r\n250-b\\\0
            RAW ÿ
            """);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("220 a", await client.LineAsync());
        Assert.Equal("(closed after 250-b\\\0\u00FF)", await client.LineAsync());
    }

    [Fact]
    public async Task Play_Utf8_IsSentAndReadAsSuch()
    {
        await using var peer = ScriptedSmtpPeer.Play("C: MAIL FROM:<bücher@*\nS: 250 grüße");
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        var sent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("MAIL FROM:<bücher@example>"));
        Assert.Equal(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("250 grüße")), await client.AskAsync(sent));
        Assert.Equal(["MAIL FROM:<bücher@example>"], peer.Connections[0].Commands);
    }

    [Fact]
    public async Task Play_Tls_RecordsWhatTheHandshakeTells()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var certificate = root.Issue("mx.test");
        using var own = root.Issue(new TestCertificateSpec { CommonName = "client", ExtendedKeyUsages = ["1.3.6.1.5.5.7.3.2"] });
        var tls = new SmtpPeerTls(certificate) { Protocols = SslProtocols.Tls12, RequireClientCertificate = true };
        await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse("C: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250 secure\nC: QUIT\nS: 221 bye")], tls);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("220 go", await client.AskAsync("STARTTLS"));
        Assert.Equal("CN=mx.test", await client.HandshakeAsync("named.test", own));
        Assert.Equal("250 secure", await client.AskAsync("EHLO x"));
        Assert.Equal("221 bye", await client.AskAsync("QUIT"));
        Assert.Equal("closed", await client.EndAsync());
        await client.DisposeAsync();

        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Equal((SslProtocols.Tls12, "named.test", "CN=client"), (record.TlsProtocol, record.ServerName, record.ClientCertificateSubject));
        Assert.Equal((null, null), (record.Mismatch, record.Failure));
    }

    [Fact]
    public async Task Play_TlsWithoutClientCertificate_IsTurnedAwayWhenOneIsRequired()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var certificate = root.Issue("mx.test");
        var tls = new SmtpPeerTls(certificate) { Protocols = SslProtocols.Tls12, RequireClientCertificate = true };
        await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse("TLS\nS: 220 secure")], tls);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        try
        {
            await client.HandshakeAsync("mx.test");
            Assert.Contains(await client.EndAsync(), new[] { "closed", "reset" });
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // Turned away before it was through, or when it read.
        }
        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.NotNull(record.Failure);
        Assert.Null(record.TlsProtocol);
    }

    [Fact]
    public async Task Play_InjectedPlaintext_LeavesInOneWriteWithTheGoAhead()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var certificate = root.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse("C: STARTTLS\nS: 220 go\nS: 250 evil\nTLS\nS: 250 secure")], new SmtpPeerTls(certificate));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.SendAsync("STARTTLS\r\n");
        Assert.Equal("220 go\r\n250 evil\r\n", await client.EndAsync());          // one read, because one write
        await client.HandshakeAsync("mx.test");
        Assert.Equal("250 secure", await client.ReplyAsync());
    }

    [Fact]
    public async Task Play_ClientWritesAheadOfTheHandshake_FailsInsteadOfReadingItAfterwards()
    {
        using var root = TestCertificateAuthority.CreateRoot();
        using var certificate = root.Issue("mx.test");
        await using var peer = ScriptedSmtpPeer.Play([SmtpDialogue.Parse("C: STARTTLS\nS: 220 go\nTLS\nC: *\nS: 250 taken")], new SmtpPeerTls(certificate));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.SendAsync("STARTTLS\r\nNOOP injected\r\n");
        Assert.Equal("220 go", await client.ReplyAsync());
        await client.DisposeAsync();
        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Equal(["STARTTLS"], record.Commands);
        Assert.Contains("before the handshake", record.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Play_TlsWithoutCertificate_IsAFailureOfTheRecord()
    {
        await using var peer = ScriptedSmtpPeer.Play("TLS");
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Contains("no certificate", (await peer.WaitForEndAsync(1, Ct)).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsQuiet()
    {
        var peer = ScriptedSmtpPeer.Play("S: 220 x");
        await peer.DisposeAsync();
        await peer.DisposeAsync();
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => TestSmtpClient.ConnectAsync(peer.EndPoint));
    }

    [Fact]
    public async Task WaitForEndAsync_ConnectionYetToCome_WaitsAndCanBeGivenUp()
    {
        await using var peer = ScriptedSmtpPeer.Play("S: 220 x");
        using var stop = new CancellationTokenSource();
        var given = peer.WaitForEndAsync(1, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        var waiting = peer.WaitForEndAsync(1, Ct);
        Assert.False(waiting.IsCompleted);
        await using (var client = await TestSmtpClient.ConnectAsync(peer.EndPoint))
            Assert.Equal("220 x", await client.ReplyAsync());
        Assert.Equal(1, (await waiting).Number);
    }
}
