using Mail.Security;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>The command against a submission server of this suite, over TLS on loopback.</summary>
public sealed class SendTests
{
    [Theory]
    [InlineData(TlsStart.OnRequest, "StartTls")]
    [InlineData(TlsStart.Immediately, "Implicit")]
    public async Task Run_Message_IsTakenByTheStrongestMechanism(TlsStart start, string tls)
    {
        await using var server = new SubmissionServer(start);
        using var bench = new Bench(server.Port);
        bench.Settings["Tls"] = tls;

        var (code, output, error) = await bench.RunAsync("-i", "-f", "ann@client.test", "--explain", "bob@far.test");

        Assert.Equal((ExitCode.Ok, ""), (code, error));
        var (envelope, content) = Assert.Single(server.Taken);
        Assert.Equal(("ann@client.test", "bob@far.test", SubmissionServer.User), ($"{envelope.ReversePath}", $"{envelope.Recipients.Single().Path}", envelope.AuthorizationIdentity));
        Assert.EndsWith("From: ann@client.test\r\nTo: bob@far.test\r\nSubject: hello\r\n\r\nHello.\r\n", content, StringComparison.Ordinal);
        Assert.Contains($"server: submission.test, 127.0.0.1:{server.Port}, ", output, StringComparison.Ordinal);
        Assert.Contains("verified (webpki: submission.test)", output, StringComparison.Ordinal);
        Assert.Contains("login: SCRAM-SHA-256-PLUS as ann@client.test", output, StringComparison.Ordinal);
        Assert.Contains("bob@far.test: Accepted: 250 2.0.0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RecipientsOfTheHeader_GetTheMessageWithoutBcc()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        var (code, _, _) = await bench.RunAsync("To: bob@far.test\nBcc: kim@far.test\nSubject: s\n\nDots:\n.\n..\n", ["-ti"]);

        var (envelope, content) = Assert.Single(server.Taken);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["bob@far.test", "kim@far.test"], envelope.Recipients.Select(recipient => recipient.Path.ToString()));
        Assert.DoesNotContain("kim", content, StringComparison.Ordinal);
        Assert.EndsWith("Dots:\r\n.\r\n..\r\n", content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: s\n\nplain\n", "bob@far.test", BodyType.SevenBit, false)]
    [InlineData("Subject: s\n\nübung\n", "bob@far.test", BodyType.EightBitMime, false)]
    [InlineData("Subject: Übung\n\ntext\n", "bob@far.test", BodyType.EightBitMime, true)]
    [InlineData("Subject: s\n\ntext\n", "jörg@far.test", BodyType.SevenBit, true)]
    [InlineData("Subject: s\n\ntext\n", "bob@fär.test", BodyType.SevenBit, false)]
    [Trait("rfc", "6531#3.4")]
    public async Task Run_WhatIsNotAscii_IsDeclared(string message, string recipient, BodyType body, bool utf8)
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        var (code, _, error) = await bench.RunAsync(message, [recipient]);

        Assert.Equal((ExitCode.Ok, ""), (code, error));
        var envelope = Assert.Single(server.Taken).Envelope;
        Assert.Equal((body, utf8, MailPath.Parse(recipient)), (envelope.Body, envelope.SmtpUtf8, envelope.Recipients.Single().Path));
    }

    [Fact]
    [Trait("rfc", "8689#2")]
    public async Task Run_RequireTls_IsAskedOfTheServer()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--require-tls", "bob@far.test")).Code);
        Assert.Equal(TlsDemand.RequireTls, Assert.Single(server.Taken).Envelope.TlsDemand);
    }

    [Fact]
    [Trait("rfc", "8689#4.2.1")]
    public async Task Run_RequireTlsAtAServerWithout_IsRefusedHere()
    {
        await using var server = new SubmissionServer(change: options => options.Extensions = []);
        using var bench = new Bench(server.Port);

        var (code, _, error) = await bench.RunAsync("--require-tls", "bob@far.test");

        Assert.Equal(ExitCode.Unavailable, code);
        Assert.Contains("5.7.30", error, StringComparison.Ordinal);
        Assert.Empty(server.Taken);
    }

    [Fact]
    [Trait("rfc", "8689#3")]
    public async Task Run_TlsRequiredNo_IsInTheHeader()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        Assert.Equal(ExitCode.Ok, (await bench.RunAsync("--tls-required-no", "bob@far.test")).Code);
        Assert.Contains("\r\nTLS-Required: No\r\n", Assert.Single(server.Taken).Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody@far.test", ExitCode.NoUser)]
    [InlineData("forbidden@far.test", ExitCode.NoPermission)]
    [InlineData("full@far.test", ExitCode.Unavailable)]
    [InlineData("later@far.test", ExitCode.TemporaryFailure)]
    public async Task Run_RecipientNotTaken_HasItsExitCodeAndTheOthersGetIt(string recipient, int exitCode)
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        var (code, _, error) = await bench.RunAsync("bob@far.test", recipient);

        Assert.Equal(exitCode, code);
        Assert.StartsWith($"SendMail: {recipient}: ", error, StringComparison.Ordinal);
        Assert.Equal("bob@far.test", Assert.Single(Assert.Single(server.Taken).Envelope.Recipients).Path.ToString());
    }

    [Theory]
    [InlineData(554, 5, 6, 0, ExitCode.DataError)]
    [InlineData(554, 5, 7, 1, ExitCode.NoPermission)]
    [InlineData(554, 5, 3, 0, ExitCode.Unavailable)]
    [InlineData(451, 4, 3, 0, ExitCode.TemporaryFailure)]
    public async Task Run_ContentNotTaken_HasItsExitCode(int code, int status, int subject, int detail, int exitCode)
    {
        await using var server = new SubmissionServer { Judge = (_, _) => Task.FromResult<SmtpRefusal?>(new SmtpRefusal(code, new EnhancedStatus((byte)status, (ushort)subject, (ushort)detail), "no")) };
        using var bench = new Bench(server.Port);

        Assert.Equal(exitCode, (await bench.RunAsync("bob@far.test")).Code);
        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task Run_WrongPassword_IsNoPermissionAndNotTriedAgain()
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.WriteSecret("password", "wrong secret");
        bench.Settings["Addresses"] = "127.0.0.1, 127.0.0.1";

        var (code, output, error) = await bench.RunAsync("-v", "bob@far.test");

        Assert.Equal((ExitCode.NoPermission, 1), (code, server.Sessions));
        Assert.DoesNotContain("wrong secret", output + error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Server", "other.test")]
    [InlineData("ExtraRoots", "")]
    [InlineData("Port", "1")]
    public async Task Run_ServerThatIsNotTheOneMeant_GetsNothing(string setting, string value)
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);
        bench.Settings[setting] = value;

        Assert.Equal(ExitCode.TemporaryFailure, (await bench.RunAsync("bob@far.test")).Code);
        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task Run_ServerWithoutTls_GetsNothing()
    {
        await using var server = new SubmissionServer(change: options => (options.Tls, options.Authentication) = (null, null));
        using var bench = new Bench(server.Port);

        var (code, _, error) = await bench.RunAsync("bob@far.test");

        Assert.Equal(ExitCode.TemporaryFailure, code);
        Assert.Contains("STARTTLS", error, StringComparison.Ordinal);
        Assert.Empty(server.Taken);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "-z")]
    [InlineData(ExitCode.Usage)]
    [InlineData(ExitCode.DataError, "--max-size", "10", "bob@far.test")]
    [InlineData(ExitCode.DataError, "bob@@")]
    [InlineData(ExitCode.Configuration, "--max-size", "none", "bob@far.test")]
    [InlineData(ExitCode.Configuration, "-odq", "bob@far.test")]
    [InlineData(ExitCode.Configuration, "--flush")]
    [InlineData(ExitCode.Configuration, "-C", "/no/such/file", "bob@far.test")]
    public async Task Run_WhatIsWrongHere_IsToldWithoutTheServer(int exitCode, params string[] arguments)
    {
        await using var server = new SubmissionServer();
        using var bench = new Bench(server.Port);

        var (code, output, error) = await bench.RunAsync(arguments);

        Assert.Equal((exitCode, "", 0), (code, output, server.Sessions));
        Assert.StartsWith("SendMail: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InputThatCannotBeRead_IsIOError()
    {
        using var bench = new Bench(1);
        Assert.Equal(ExitCode.IOError, (await bench.RunAsync(new BrokenStream(new IOException("broken")), ["bob@far.test"], TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task Run_FaultOfTheProgram_IsSoftware()
    {
        using var bench = new Bench(1);
        Assert.Equal(ExitCode.Software, (await bench.RunAsync(new BrokenStream(new InvalidOperationException("a fault")), ["bob@far.test"], TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task Run_Help_ListsEverySetting()
    {
        using var bench = new Bench(1);
        var (code, output, _) = await bench.RunAsync("--help");

        Assert.Equal(ExitCode.Ok, code);
        Assert.All(Configuration.Settings.All, setting => Assert.Contains($"  {setting.Key} [{setting.Default}]", output, StringComparison.Ordinal));
    }

    private sealed class BrokenStream(Exception exception) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromException<int>(exception);
    }
}
