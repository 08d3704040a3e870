using Mail.Security.Sasl;
using Mail.Security.SmtpServer;

namespace Interop.Tests.Authentication;

/// <summary>swaks and curl log in at our server.</summary>
public sealed class CommandLoginTests(ClientWorld world) : IClassFixture<ClientWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, Trait("rfc", "4954#4")]
    [InlineData("swaks", SaslMechanisms.Plain)]
    [InlineData("swaks", SaslMechanisms.Login)]
    [InlineData("swaks", SaslMechanisms.CramMd5)]
    [InlineData("curl", SaslMechanisms.Plain)]
    [InlineData("curl", SaslMechanisms.Login)]
    [InlineData("curl", SaslMechanisms.CramMd5)]
    public async Task LogIn_ByEachMechanism_OnlyWithTheRightPassword(string program, string mechanism)
    {
        ClientWorld.Require(program);
        await using var server = await RecordingServer.StartWithLoginAsync();
        var letter = Letter.Make("plain");

        var wrong = await RunAsync(program, server, mechanism, "battery staple", letter);
        Assert.True(wrong.Code != 0 && server.Logins.IsEmpty, wrong.Output);
        (await RunAsync(program, server, mechanism, Accounts.Password, letter)).Check(program);

        Assert.Equal(new SmtpAuthentication(Accounts.Ann, Accounts.Ann, mechanism), (await server.TakeAsync(letter.Mark)).Login);
        Assert.Equal(1, server.Count);
    }

    private async Task<CommandResult> RunAsync(string program, RecordingServer server, string mechanism, string password, Letter letter)
    {
        var file = await world.FileAsync(program == "curl" ? letter.Content : RawClient.Stuffed(letter.Content)[..^2]);
        string[] arguments = program == "curl"
            ? ["--silent", "--show-error", "--ssl-reqd", "--cacert", world.RootFile, "--resolve", $"{ClientWorld.Host}:{server.Port}:127.0.0.1", "--url", $"smtp://{ClientWorld.Host}:{server.Port}/client.test",
               "--user", $"{Accounts.Ann}:{password}", "--login-options", $"AUTH={mechanism}", "--mail-from", Accounts.Ann, "--mail-rcpt", "bob@far.test", "--upload-file", file]
            : ["--server", "127.0.0.1", "--port", server.Port, "--helo", "client.test", "--tls", "--auth", mechanism, "--auth-user", Accounts.Ann, "--auth-password", password,
               "--from", Accounts.Ann, "--to", "bob@far.test", "--no-data-fixup", "--data", $"@{file}"];
        return await Command.RunAsync(program, arguments, cancellationToken: Token);
    }
}
