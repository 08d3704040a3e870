using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Testing.Tests.Smtp;

public sealed class MailExchangerTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly SmtpPeerMoment[] InOrder =
    [
        SmtpPeerMoment.Greeting, SmtpPeerMoment.Hello, SmtpPeerMoment.StartTls, SmtpPeerMoment.Handshake, SmtpPeerMoment.HelloUnderTls, SmtpPeerMoment.Mail,
        SmtpPeerMoment.Recipient, SmtpPeerMoment.Data, SmtpPeerMoment.Content, SmtpPeerMoment.EndOfData, SmtpPeerMoment.Reset, SmtpPeerMoment.Quit,
    ];

    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot();
    private readonly X509Certificate2 _certificate;

    public MailExchangerTests() => _certificate = _root.Issue("mx.test");

    public static TheoryData<SmtpPeerMoment> Moments => [.. InOrder];

    private MailExchangerOptions WithTls => new() { Tls = new SmtpPeerTls(_certificate), KeywordsUnderTls = ["REQUIRETLS"] };

    [Fact]
    public async Task MailExchanger_NoRules_TakesMailAndRecordsIt()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        Assert.Equal("220 mx.test ESMTP", await client.ReplyAsync());
        Assert.Equal("250-mx.test|250-PIPELINING|250-SIZE 10485760|250-8BITMIME|250-SMTPUTF8|250 ENHANCEDSTATUSCODES", await client.AskAsync("EHLO x"));
        for (var number = 1; number <= 2; number++)
        {
            Assert.Equal("250 2.1.0 OK", await client.AskAsync($"MAIL FROM:<a{number}@example.com>"));
            Assert.Equal("250 2.1.5 OK", await client.AskAsync("RCPT TO:<b@example.net>"));
            Assert.Equal("250 2.1.5 OK", await client.AskAsync("RCPT TO:<c@example.net>"));
            Assert.Equal("354 go ahead", await client.AskAsync("DATA"));
            Assert.Equal("250 2.0.0 queued", await client.AskAsync($"text {number}\r\n..\r\n."));
        }
        Assert.Equal("221 2.0.0 bye", await client.AskAsync("QUIT"));
        Assert.Equal("closed", await client.EndAsync());
        await client.DisposeAsync();

        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Null(record.Failure);
        Assert.Equal(10, record.Commands.Count);
        Assert.Equal(["MAIL FROM:<a1@example.com>", "MAIL FROM:<a2@example.com>"], record.Messages.Select(static message => message.Mail));
        Assert.All(record.Messages, static message => Assert.Equal(["RCPT TO:<b@example.net>", "RCPT TO:<c@example.net>"], message.Recipients));
        Assert.Equal(["text 1\r\n.\r\n", "text 2\r\n.\r\n"], record.Messages.Select(static message => message.Text));
    }

    [Theory]
    [InlineData("HELO x", "250 mx.test")]
    [InlineData("ehlo x", "250-mx.test|250-PIPELINING|250-SIZE 10485760|250-8BITMIME|250-SMTPUTF8|250 ENHANCEDSTATUSCODES")]
    [InlineData("NOOP", "250 2.0.0 OK")]
    [InlineData("RSET", "250 2.0.0 OK")]
    [InlineData("VRFY x", "500 5.5.1 unknown command")]
    [InlineData("STARTTLS", "500 5.5.1 unknown command")]
    [InlineData("", "500 5.5.1 unknown command")]
    [InlineData("RCPT TO:<a@example>", "503 5.5.1 MAIL first")]
    [InlineData("DATA", "503 5.5.1 no valid recipients")]
    [InlineData("MAIL FROM:<>|MAIL FROM:<>", "250 2.1.0 OK|503 5.5.1 nested MAIL")]
    [InlineData("MAIL FROM:<>|DATA", "250 2.1.0 OK|503 5.5.1 no valid recipients")]
    [InlineData("MAIL FROM:<>|RSET|RCPT TO:<a@example>", "250 2.1.0 OK|250 2.0.0 OK|503 5.5.1 MAIL first")]
    [InlineData("MAIL FROM:<>|HELO x|RCPT TO:<a@example>", "250 2.1.0 OK|250 mx.test|503 5.5.1 MAIL first")]
    [InlineData("MAIL FROM:<>|RCPT TO:<a@example>|RSET|MAIL FROM:<>|DATA", "250 2.1.0 OK|250 2.1.5 OK|250 2.0.0 OK|250 2.1.0 OK|503 5.5.1 no valid recipients")]
    public async Task MailExchanger_Commands_AnsweredInTurnAlsoWhenPipelined(string commands, string replies)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        await client.SendAsync(commands.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n");
        foreach (var _ in commands.Split('|'))
        {
            var reply = await client.ReplyAsync();
            Assert.StartsWith(reply, replies, StringComparison.Ordinal);
            replies = replies[reply.Length..].TrimStart('|');
        }
        Assert.Equal("", replies);
    }

    [Fact]
    public async Task MailExchanger_StartTls_AnnouncedBeforeAndGoneAfter()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        Assert.EndsWith("|250 STARTTLS", await client.AskAsync("EHLO x"), StringComparison.Ordinal);
        Assert.Equal("250 2.1.0 OK", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal("220 2.0.0 go ahead", await client.AskAsync("STARTTLS"));
        Assert.Equal("CN=mx.test", await client.HandshakeAsync("mx.test"));
        var hello = await client.AskAsync("EHLO x");
        Assert.EndsWith("|250 REQUIRETLS", hello, StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", hello, StringComparison.Ordinal);
        Assert.Equal("500 5.5.1 unknown command", await client.AskAsync("STARTTLS"));
        Assert.Equal("mx.test", peer.Connections[0].ServerName);
    }

    [Fact]
    public async Task MailExchanger_StartTls_ForgetsTheTransactionBeforeIt()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync("STARTTLS");
        await client.HandshakeAsync("mx.test");
        Assert.Equal("503 5.5.1 MAIL first", await client.AskAsync("RCPT TO:<a@example>"));     // RFC 3207 §4.2
    }

    [Fact]
    public async Task MailExchanger_ImplicitTls_GreetsUnderTls()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new() { Tls = new SmtpPeerTls(_certificate), ImplicitTls = true });
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.HandshakeAsync("mx.test");
        Assert.Equal("220 mx.test ESMTP", await client.ReplyAsync());
        Assert.DoesNotContain("STARTTLS", await client.AskAsync("EHLO x"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Close_AtEachMoment_EndsTheSessionThere(SmtpPeerMoment moment)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(moment, new SmtpPeerAction.Close()));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await WalkAsync(client, moment);
        Assert.Equal("closed", await client.EndAsync());
        await client.DisposeAsync();
        Assert.Null((await peer.WaitForEndAsync(1, Ct)).Failure);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Reset_AtEachMoment_ResetsThere(SmtpPeerMoment moment)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(moment, new SmtpPeerAction.Reset()));
        try
        {
            await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
            await WalkAsync(client, moment);
            Assert.Equal("reset", await client.EndAsync());
        }
        catch (SocketException exception) when (moment == SmtpPeerMoment.Greeting && exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It came before the client had looked whether it is connected.
        }
        await peer.WaitForEndAsync(1, Ct);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Stall_AtEachMoment_SaysNothingMore(SmtpPeerMoment moment)
    {
        var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(moment, new SmtpPeerAction.Stall()));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await WalkAsync(client, moment);
        var end = client.EndAsync();
        Assert.False(end.IsCompleted);
        Assert.False(peer.WaitForEndAsync(1, Ct).IsCompleted);
        await peer.DisposeAsync();
        Assert.Contains(await end, new[] { "closed", "reset" });
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task ReplyAndClose_AtEachMoment_SaysItAndCloses(SmtpPeerMoment moment)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(moment, new SmtpPeerAction.ReplyAndClose("421-4.3.2 going\n421 4.3.2 down")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await WalkAsync(client, moment);
        Assert.Equal("421-4.3.2 going|421 4.3.2 down", await client.ReplyAsync());
        Assert.Equal("closed", await client.EndAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Reply_AtEachMoment_IsSaidInstead(SmtpPeerMoment moment)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(moment, new SmtpPeerAction.Reply("451 4.7.0 not now")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await WalkAsync(client, moment);
        Assert.Equal("451 4.7.0 not now", await client.ReplyAsync());
        if (moment == SmtpPeerMoment.Handshake || moment == SmtpPeerMoment.Quit)
            Assert.Equal("closed", await client.EndAsync());
        else if (moment == SmtpPeerMoment.Content)
            Assert.Equal("250 2.0.0 queued", await client.AskAsync("text\r\n."));       // a word while the client writes, not an answer
        else
            Assert.Equal("250 2.0.0 OK", await client.AskAsync("NOOP"));
        var recorded = moment is SmtpPeerMoment.EndOfData or SmtpPeerMoment.Content or SmtpPeerMoment.Reset or SmtpPeerMoment.Quit ? 1 : 0;
        Assert.Equal(recorded, peer.Connections[0].Messages.Count);
    }

    [Fact]
    public async Task Reply_Negative_LeavesNoState()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions()
            .On(SmtpPeerMoment.Mail, "MAIL FROM:<bad@*", "550 5.7.1 no")
            .On(SmtpPeerMoment.Recipient, "RCPT TO:<full@*", "452 4.2.2 full")
            .On(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("554 5.6.0 no")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        Assert.Equal("550 5.7.1 no", await client.AskAsync("mail from:<BAD@example>"));
        Assert.Equal("503 5.5.1 MAIL first", await client.AskAsync("RCPT TO:<a@example>"));
        Assert.Equal("250 2.1.0 OK", await client.AskAsync("MAIL FROM:<good@example>"));
        Assert.Equal("452 4.2.2 full", await client.AskAsync("RCPT TO:<full@example>"));
        Assert.Equal("503 5.5.1 no valid recipients", await client.AskAsync("DATA"));
        Assert.Equal("250 2.1.5 OK", await client.AskAsync("RCPT TO:<a@example>"));
        Assert.Equal("354 go ahead", await client.AskAsync("DATA"));
        Assert.Equal("554 5.6.0 no", await client.AskAsync("text\r\n."));
        Assert.Equal(["RCPT TO:<a@example>"], Assert.Single(peer.Connections[0].Messages).Recipients);
        Assert.Equal("503 5.5.1 MAIL first", await client.AskAsync("RCPT TO:<a@example>"));
    }

    [Fact]
    public async Task Rules_OccurrenceAndConnection_NarrowThemAndTheFirstThatFitsCounts()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new()
        {
            Rules =
            [
                new(SmtpPeerMoment.Greeting, new SmtpPeerAction.Reply("220 second")) { Connection = 2 },
                new(SmtpPeerMoment.Mail, new SmtpPeerAction.Reply("451 4.0.0 second time")) { Occurrence = 2 },
                new(SmtpPeerMoment.Mail, new SmtpPeerAction.Reply("250 2.0.0 first rule")),
                new(SmtpPeerMoment.Mail, new SmtpPeerAction.Reply("250 2.0.0 never")),
            ],
        });
        foreach (var greeting in new[] { "220 mx.test ESMTP", "220 second", "220 mx.test ESMTP" })
        {
            await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
            Assert.Equal(greeting, await client.ReplyAsync());
            Assert.Equal("250 2.0.0 first rule", await client.AskAsync("MAIL FROM:<>"));
            Assert.Equal("451 4.0.0 second time", await client.AskAsync("MAIL FROM:<>"));
            Assert.Equal("250 2.0.0 first rule", await client.AskAsync("MAIL FROM:<>"));
        }
    }

    [Fact]
    public async Task Raw_InAnswerToStartTls_InjectsAndGoesOn()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(SmtpPeerMoment.StartTls, new SmtpPeerAction.Raw("220 go\r\n250 evil\r\n")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        await client.SendAsync("STARTTLS\r\n");
        Assert.Equal("220 go\r\n250 evil\r\n", await client.EndAsync());
        Assert.Equal("CN=mx.test", await client.HandshakeAsync("mx.test"));
    }

    [Fact]
    public async Task Raw_InPlaceOfTheHandshake_SendsRubbishAndCloses()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls.On(SmtpPeerMoment.Handshake, new SmtpPeerAction.Raw("\u0016\u0003\u0001rubbish")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await WalkAsync(client, SmtpPeerMoment.Handshake);
        Assert.Equal("\u0016\u0003\u0001rubbish", await client.EndAsync());
        Assert.Equal("closed", await client.EndAsync());
    }

    [Fact]
    public async Task Raw_AnyAnswer_CountsAsAGoodOne()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Mail, new SmtpPeerAction.Raw("250 no end\n")));
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        await client.SendAsync("MAIL FROM:<>\r\n");
        Assert.Equal("250 no end\n", await client.EndAsync());
        Assert.Equal("250 2.1.5 OK", await client.AskAsync("RCPT TO:<a@example>"));
    }

    [Fact]
    public async Task MailExchanger_ClientWritesAheadOfTheHandshake_FailsInsteadOfReadingItAfterwards()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(WithTls);
        await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
        await client.ReplyAsync();
        await client.SendAsync("STARTTLS\r\nMAIL FROM:<injected@example>\r\n");
        Assert.Equal("220 2.0.0 go ahead", await client.ReplyAsync());
        await client.DisposeAsync();
        var record = await peer.WaitForEndAsync(1, Ct);
        Assert.Equal(["STARTTLS"], record.Commands);
        Assert.Contains("before the handshake", record.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MailExchanger_ManyAtOnce_EachHasItsOwnRecord()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            await using var client = await TestSmtpClient.ConnectAsync(peer.EndPoint);
            await client.ReplyAsync();
            await client.AskAsync($"EHLO client{number}");
            Assert.Equal("221 2.0.0 bye", await client.AskAsync("QUIT"));
        }));
        var records = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => peer.WaitForEndAsync(number, Ct)));
        Assert.Equal(Enumerable.Range(0, 20).Select(static number => $"EHLO client{number}").Order(), records.Select(static record => record.Commands[0]).Order());
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _root.Dispose();
    }

    /// <summary>Goes through a whole session up to a moment, and does what brings it about; what comes then is not read.</summary>
    private static async Task WalkAsync(TestSmtpClient client, SmtpPeerMoment moment)
    {
        foreach (var step in InOrder)
        {
            if (step is SmtpPeerMoment.Greeting or SmtpPeerMoment.Handshake or SmtpPeerMoment.Content)
            {
                if (step == moment)
                    return;
                if (step == SmtpPeerMoment.Greeting)
                    await client.ReplyAsync();
                else if (step == SmtpPeerMoment.Handshake)
                    await client.HandshakeAsync("mx.test");
                continue;
            }
            await client.SendAsync(step switch
            {
                SmtpPeerMoment.StartTls => "STARTTLS\r\n",
                SmtpPeerMoment.Mail => "MAIL FROM:<a@example>\r\n",
                SmtpPeerMoment.Recipient => "RCPT TO:<b@example>\r\n",
                SmtpPeerMoment.Data => "DATA\r\n",
                SmtpPeerMoment.EndOfData => "text\r\n.\r\n",
                SmtpPeerMoment.Reset => "RSET\r\n",
                SmtpPeerMoment.Quit => "QUIT\r\n",
                _ => "EHLO x\r\n",
            });
            if (step == moment)
                return;
            await client.ReplyAsync();
        }
    }
}
