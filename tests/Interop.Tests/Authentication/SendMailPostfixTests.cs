using System.Net;
using Mail.Security.Sasl;

namespace Interop.Tests.Authentication;

/// <summary>The sample SendMail at a real Postfix that wants a login: what its README promises, exit codes included.</summary>
[Collection(nameof(CyrusWorld))]
public sealed class SendMailPostfixTests(CyrusWorld world)
{
    private static readonly IPEndPoint Nobody = IPEndPoint.Parse("127.0.28.9:25");

    private readonly string _mark = Guid.NewGuid().ToString("N");

    private string Header => $"From: Ann <{Accounts.Ann}>\nTo: bob@far.test\nSubject: hello\nX-Test: {_mark}\n";

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Implicit")]
    public async Task Run_RecipientsOfTheHeader_ArriveWithoutBcc(string tls)
    {
        var command = Start(tls == "Implicit" ? CyrusWorld.Submission.Implicit : CyrusWorld.Submission.StartTls);
        command.Settings["Tls"] = tls;

        var (code, output, error) = await command.RunAsync($"{Header}Cc: eve@far.test\nBcc: kim@far.test,\n lea@far.test\n\nDots:\n.\n..\n", "-ti", "--explain");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"login: {SaslMechanisms.ScramSha512} as {Accounts.Ann}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", output, StringComparison.Ordinal);
        var message = await world.Postfix.WaitForMessageAsync(_mark);
        Assert.NotNull(message);
        Assert.EndsWith("\nDots:\n.\n..\n", message, StringComparison.Ordinal);
        Assert.Contains($"(Authenticated sender: {Accounts.Ann})", message, StringComparison.Ordinal);
        Assert.DoesNotContain("kim@far.test", message.Split("\nSubject:")[1], StringComparison.Ordinal);
        foreach (var recipient in new[] { "bob", "eve", "kim", "lea" })
        {
            Assert.Contains($"{recipient}@far.test: Accepted: 250 2.0.0 Ok: queued as ", output, StringComparison.Ordinal);
            Assert.NotNull(await world.Postfix.WaitForLogAsync(output.Split("queued as ")[1].Split('\n')[0], $"to=<{recipient}@far.test>", "status=sent"));
        }
    }

    [Fact, Trait("rfc", "8689#4.2.1")]
    public async Task Run_RequireTls_PostfixHasItNotAndNothingIsSent()
    {
        var command = Start(CyrusWorld.Submission.StartTls);
        command.KeepAQueue();

        var (code, _, error) = await command.RunAsync(Letter(), "--require-tls", "bob@far.test");

        Assert.Equal((69, 0), (code, command.Queued));
        Assert.Contains("5.7.30", error, StringComparison.Ordinal);
        await AssertNothingArrivedAsync();
    }

    [Fact]
    public async Task Run_WrongPassword_NoPermission()
    {
        var command = Start(CyrusWorld.Submission.StartTls);
        command.Password = "battery staple";

        var (code, output, error) = await command.RunAsync(Letter(), "-v", "bob@far.test");

        Assert.Equal(77, code);
        Assert.Contains("535", error, StringComparison.Ordinal);
        Assert.DoesNotContain("staple", output + error, StringComparison.Ordinal);
        await AssertNothingArrivedAsync();
    }

    [Fact]
    public async Task Run_WrongPasswordWithAQueue_WaitsUntilItIsRight()
    {
        var command = Start(CyrusWorld.Submission.StartTls);
        command.KeepAQueue();
        command.Password = "battery staple";

        var first = await command.RunAsync(Letter(), "bob@far.test");
        Assert.Equal((0, 1), (first.Code, command.Queued));
        Assert.Contains("535", first.Error, StringComparison.Ordinal);
        command.Password = Accounts.Password;
        var flush = await command.RunAsync("", "--flush");

        Assert.Equal((0, 0), (flush.Code, command.Queued));
        await AssertArrivedOnceAsync();
    }

    [Fact]
    public async Task Run_ServerDown_WaitsInTheQueueUntilAFlush()
    {
        var command = Start(Nobody);
        var without = await command.RunAsync(Letter(), "bob@far.test");
        command.KeepAQueue();
        var with = await command.RunAsync(Letter(), "bob@far.test");
        Assert.Equal((75, 0, 1), (without.Code, with.Code, command.Queued));

        var stillDown = await command.RunAsync("", "--flush");
        Assert.Equal((75, 1), (stillDown.Code, command.Queued));
        command.Aim(CyrusWorld.Submission.StartTls);
        var flush = await command.RunAsync("", "-q");

        Assert.Equal((0, 0), (flush.Code, command.Queued));
        await AssertArrivedOnceAsync();
    }

    [Theory, Trait("rfc", "6531#3.4")]
    [InlineData("Subject: hello", "j\u00F6rg@far.test", 0)]
    [InlineData("Subject: \u00DCbung", "bob@far.test", 0)]
    [InlineData("Subject: hello", "j\u00F6rg@far.test", 69)]
    [InlineData("Subject: \u00DCbung", "bob@far.test", 69)]
    public async Task Run_SmtpUtf8_GoesOnlyToAServerThatHasIt(string field, string recipient, int expected)
    {
        var command = Start(expected == 0 ? CyrusWorld.Submission.StartTls : CyrusWorld.OnlyAscii);

        var (code, output, error) = await command.RunAsync($"From: {Accounts.Ann}\n{field}\nX-Test: {_mark}\n\n\u00DCbung\n", "--explain", recipient);

        Assert.True(expected == code, output + error);
        Assert.Contains(", 8BITMIME, SMTPUTF8", output, StringComparison.Ordinal);
        if (expected == 0)
        {
            Assert.Contains($"\n{field}\n", await world.Postfix.WaitForMessageAsync(_mark), StringComparison.Ordinal);
            Assert.NotNull(await world.Postfix.WaitForLogAsync(output.Split("queued as ")[1].Split('\n')[0], $"to=<{recipient}>", "status=sent"));
        }
        else
            await AssertNothingArrivedAsync();
    }

    [Theory]
    [InlineData("gone@far.test", 67)]
    [InlineData("later@far.test", 75)]
    public async Task Run_ARecipientIsNotTaken_TheOtherGetsIt(string recipient, int expected)
    {
        var command = Start(CyrusWorld.Submission.StartTls);

        var (code, _, error) = await command.RunAsync(Letter(), "bob@far.test", recipient);

        Assert.Equal(expected, code);
        Assert.StartsWith($"SendMail: {recipient}: ", error, StringComparison.Ordinal);
        await AssertArrivedOnceAsync();
    }

    [Theory]
    [InlineData("Server", "other.test")]
    [InlineData("ExtraRoots", "")]
    public async Task Run_NotTheServerMeant_GetsNeitherLoginNorMail(string setting, string value)
    {
        var command = Start(CyrusWorld.Submission.StartTls);
        command.Settings[setting] = value;

        Assert.Equal(75, (await command.RunAsync(Letter(), "bob@far.test")).Code);
        await AssertNothingArrivedAsync();
    }

    private string Letter() => Header + "\nHello.\n";

    private SendMailRun Start(IPEndPoint server)
    {
        CyrusWorld.Require();
        return new SendMailRun(world.Folder(), world.RootFile, server);
    }

    private async Task AssertArrivedOnceAsync()
    {
        Assert.NotNull(await world.Postfix.WaitForMessageAsync(_mark));
        Assert.Single(world.Postfix.Messages(), message => message.Contains(_mark, StringComparison.Ordinal));
    }

    // A message sent behind the one that must not be there has arrived.
    private async Task AssertNothingArrivedAsync()
    {
        var later = Guid.NewGuid().ToString("N");
        Assert.Equal(0, (await Start(CyrusWorld.Submission.StartTls).RunAsync($"X-Test: {later}\n\nlater\n", "bob@far.test")).Code);
        Assert.NotNull(await world.Postfix.WaitForMessageAsync(later));
        Assert.DoesNotContain(world.Postfix.Messages(), message => message.Contains(_mark, StringComparison.Ordinal));
    }
}
