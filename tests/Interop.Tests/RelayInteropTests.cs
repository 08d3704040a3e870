using System.Text.RegularExpressions;
using Mail.Security;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using MimeKit;

namespace Interop.Tests;

/// <summary>The relay between real software: Postfix, swaks and smtp-source hand it mail, a real Postfix gets it.</summary>
[Collection(nameof(InteropWorld))]
public sealed class RelayInteropTests(InteropWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_FromPostfixUnderTls_DeliveredOnwardByDane()
    {
        InteropWorld.Require();
        await using var relay = await RelayProcess.StartAsync(world.Folder("relay-postfix"), world.Certificates);
        await using var origin = await PostfixInstance.StartAsync(world.Folder("origin"), [new PostfixListener("127.0.25.50", "origin.test", null)],
            $"relayhost = [{RelayProcess.Smtp.Address}]\nvirtual_mailbox_domains =\nsmtp_tls_security_level = verify\nsmtp_tls_verify_cert_match = relay.test\nsmtp_tls_CAfile = {world.Certificates.AuthorityFile}\n");
        var id = Guid.NewGuid().ToString("N");

        (await Command.RunAsync("swaks", ["--server", "127.0.25.50", "--from", "a@sender.test", "--to", $"u@{world.Cases["dee"].Domain}", "--header", $"X-Test: {id}", "--helo", "client.test"], cancellationToken: Token)).Check("swaks");

        var message = await world.Postfix.WaitForMessageAsync(id);
        Assert.True(message is not null, $"{origin.Log()}\n{relay.Log}");
        // Postfix verified the relay's certificate and got its 250; the relay noted the protocol; the last hop was DANE-verified.
        Assert.NotNull(await origin.WaitForLogAsync("Verified TLS connection established", "TLSv1.3"));
        Assert.NotNull(await origin.WaitForLogAsync("status=sent (250 2.0.0 queued as"));
        Assert.Matches(new Regex(@"by relay\.test with ESMTPS\s+\(TLS1\.3\)"), message);
        Assert.NotNull(await relay.WaitForLogAsync("authenticated by dane-ee"));
    }

    [Theory]
    [InlineData("none", "delivered")]
    [InlineData("data", "delivered")]
    [InlineData("wrong", "deferred, 4.7.5")]
    [InlineData("plain", "deferred, 4.7.4")]
    public async Task Submit_BySwaksUnderStartTls_AsTheRecordsSay(string name, string verdict)
    {
        InteropWorld.Require();
        await using var relay = await RelayProcess.StartAsync(world.Folder($"relay-{name}"), world.Certificates);
        var domain = world.Cases[name].Domain;
        var id = Guid.NewGuid().ToString("N");

        var swaks = (await Command.RunAsync("swaks",
            ["--server", RelayProcess.Submission.Address.ToString(), "--port", "587", "--tls", "--tls-verify", "--tls-ca-path", world.Certificates.AuthorityFile,
             "--from", "a@sender.test", "--to", $"u@{domain}", "--header", $"X-Test: {id}", "--helo", "client.test"], cancellationToken: Token)).Check("swaks");

        Assert.Contains("250 2.0.0 queued as", swaks.Output, StringComparison.Ordinal);
        Assert.True(await relay.WaitForLogAsync($"to {domain}", verdict) is not null, relay.Log);
        if (verdict == "delivered")
            Assert.NotNull(await world.Postfix.WaitForMessageAsync(id));
        else
            Assert.DoesNotContain(world.Postfix.Messages(), message => message.Contains(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PLAIN", "correct horse", "250 2.0.0 queued as")]
    [InlineData("LOGIN", "correct horse", "250 2.0.0 queued as")]
    [InlineData("PLAIN", "wrong", "535 5.7.8")]
    [InlineData("LOGIN", "wrong", "535 5.7.8")]
    [InlineData(null, "", "530 5.7.0")]
    public async Task Submit_BySwaksWithAccounts_TakesThoseWhoLogIn(string? mechanism, string password, string reply)
    {
        InteropWorld.Require();
        var folder = world.Folder($"relay-auth-{mechanism}-{password.Length}");
        var accounts = Path.Combine(folder, "accounts");
        var account = (await Command.RunAsync(Path.Combine(AppContext.BaseDirectory, "Relay"), ["credential", "--Name", "ann@sender.test"], input: "correct horse\n", cancellationToken: Token)).Check("Relay credential");
        await File.WriteAllTextAsync(accounts, account.Output, Token);
        (await Command.RunAsync("chmod", ["600", accounts], cancellationToken: Token)).Check("chmod");
        await using var relay = await RelayProcess.StartAsync(folder, world.Certificates, "--Credentials", accounts, "--Networks", "");
        string[] login = mechanism is null ? [] : ["--auth", mechanism, "--auth-user", "ann@sender.test", "--auth-password", password];
        var id = Guid.NewGuid().ToString("N");

        var swaks = await Command.RunAsync("swaks",
            ["--server", RelayProcess.Submission.Address.ToString(), "--port", "587", "--tls", "--tls-verify", "--tls-ca-path", world.Certificates.AuthorityFile, .. login,
             "--from", "ann@sender.test", "--to", $"u@{world.Cases["none"].Domain}", "--header", $"X-Test: {id}", "--helo", "client.test"], cancellationToken: Token);

        Assert.Contains(reply, swaks.Output, StringComparison.Ordinal);
        if (reply.StartsWith('2'))
            Assert.Matches(new Regex(@"by relay\.test with ESMTPSA\s+\(TLS1\.3\)"), await world.Postfix.WaitForMessageAsync(id));
        Assert.DoesNotContain("horse", relay.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_InTheClear_RefusedOnTheSubmissionPort()
    {
        InteropWorld.Require();
        await using var relay = await RelayProcess.StartAsync(world.Folder("relay-clear"), world.Certificates);
        var swaks = await Command.RunAsync("swaks", ["--server", RelayProcess.Submission.Address.ToString(), "--port", "587", "--from", "a@sender.test", "--to", "u@dnone.test", "--helo", "client.test"], cancellationToken: Token);
        Assert.NotEqual(0, swaks.Code);
        Assert.Contains("530 5.7.0", swaks.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_FromSmtpSource_EveryMessageArrives()
    {
        InteropWorld.Require();
        await using var relay = await RelayProcess.StartAsync(world.Folder("relay-source"), world.Certificates);
        const int count = 300;

        (await Command.RunAsync("smtp-source", ["-s", "8", "-m", $"{count}", "-l", "4096", "-f", "load@sender.test", "-t", "load@dnone.test", $"{RelayProcess.Smtp.Address}:25"], cancellationToken: Token)).Check("smtp-source");

        Assert.Equal(count, await CountAsync("for <load@dnone.test>", count));
    }

    [Theory, Trait("rfc", "3030#2")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_FromMailKit_DeliveredOnwardToTheByte(bool chunks)
    {
        InteropWorld.Require();
        await using var relay = await RelayProcess.StartAsync(world.Folder($"relay-mailkit-{chunks}"), world.Certificates);
        var letters = new[] { "dots", "dot-first", "dot-last", "998", "8bit", "empty" }.Select(Letter.Make).ToList();
        using (var client = new Clients.MailKitClient { Binary = chunks, LocalDomain = "client.test" })
        {
            await client.ConnectAsync(RelayProcess.Smtp.Address.ToString(), RelayProcess.Smtp.Port, MailKit.Security.SecureSocketOptions.None, Token);
            foreach (var letter in letters)
            {
                using var message = await MimeMessage.LoadAsync(new MemoryStream(letter.Content), Token);
                await client.SendAsync(FormatOptions.Default, message, new MailboxAddress("", "a@sender.test"), [new MailboxAddress("", "u@dnone.test")], Token);
            }
            await client.DisconnectAsync(quit: true, Token);
        }

        foreach (var letter in letters)
        {
            var message = await world.Postfix.WaitForMessageAsync(letter.Mark);
            Assert.True(message is not null, relay.Log);
            // A maildir has lines that end with LF.
            Assert.Equal(System.Text.Encoding.UTF8.GetString(letter.Content).ReplaceLineEndings("\n"), message[message.IndexOf(letter.Mark, StringComparison.Ordinal)..]);
        }
    }

    [Fact]
    public async Task Kill_WhileMailComesIn_NothingAcknowledgedIsLost()
    {
        InteropWorld.Require();
        var folder = world.Folder("relay-kill");
        var acknowledged = new List<string>();
        var relay = await RelayProcess.StartAsync(folder, world.Certificates);
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendUntilBrokenAsync(acknowledged)));
        while (Count(acknowledged) < 40)
            await Task.Delay(10, Token);
        await relay.KillAsync();
        await relay.DisposeAsync();
        await sending;

        await using var again = await RelayProcess.StartAsync(folder, world.Certificates);
        foreach (var id in acknowledged)
            Assert.True(await world.Postfix.WaitForMessageAsync(id) is not null, $"{id} was acknowledged and did not arrive\n{again.Log}");
    }

    // Sends message after message and notes those the relay took responsibility for.
    private static async Task SendUntilBrokenAsync(List<string> acknowledged)
    {
        var settings = new SmtpSessionSettings { HelloName = DomainName.Parse("client.test"), Tls = TlsUse.None };
        if (await new TcpDialer().DialAsync(RelayProcess.Smtp, Token) is not DialResult.Connected connected
            || await SmtpClientSession.OpenAsync(connected.Stream, settings, cancellationToken: Token) is not SessionOpenResult.Opened(var session))
            return;
        await using var _ = session;
        while (session.State == SessionState.Reusable)
        {
            var id = Guid.NewGuid().ToString("N");
            var result = await session.SendAsync(
                new SmtpEnvelope { ReversePath = MailPath.Parse("a@sender.test"), Recipients = [new SmtpRecipient(MailPath.Parse("u@dnone.test"))] },
                new BytesContent(System.Text.Encoding.ASCII.GetBytes($"X-Test: {id}\r\n\r\nkept\r\n")), Token);
            if (result.Recipients[0].Outcome != DeliveryOutcome.Accepted)
                return;
            lock (acknowledged)
                acknowledged.Add(id);
        }
    }

    private static int Count(List<string> acknowledged)
    {
        lock (acknowledged)
            return acknowledged.Count;
    }

    private async Task<int> CountAsync(string text, int expected)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var seen = world.Postfix.Messages().Count(message => message.Contains(text, StringComparison.Ordinal));
            if (seen >= expected)
                return seen;
            await Task.Delay(200, Token);
        }
        return world.Postfix.Messages().Count(message => message.Contains(text, StringComparison.Ordinal));
    }
}
