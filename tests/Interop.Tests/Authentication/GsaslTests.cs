using Mail.Security.Sasl;
using Mail.Security.SmtpServer;

namespace Interop.Tests.Authentication;

/// <summary>
/// The command gsasl logs in at our server. It binds by "tls-exporter" and "tls-unique", which our server cannot make from SslStream: with what it calls a -PLUS mechanism it does not
/// get in, and without one it must be told --no-cb.
/// </summary>
public sealed class GsaslTests(ClientWorld world) : IClassFixture<ClientWorld>
{
    [Theory, Trait("rfc", "4954#4"), Trait("rfc", "5802#5")]
    [InlineData(SaslMechanisms.ScramSha256)]
    [InlineData(SaslMechanisms.ScramSha1)]
    [InlineData(SaslMechanisms.CramMd5)]
    [InlineData(SaslMechanisms.Plain)]
    [InlineData(SaslMechanisms.Login)]
    public async Task LogIn_ByEachMechanism_OnlyWithTheRightPassword(string mechanism)
    {
        await using var server = await RecordingServer.StartWithLoginAsync();

        var wrong = await RunAsync(server, mechanism, "battery staple", "--no-cb");
        Assert.True(wrong.Code != 0 && wrong.Output.Contains("535 5.7.8 ", StringComparison.Ordinal), wrong.Output);
        Assert.Empty(server.Logins);
        var right = await RunAsync(server, mechanism, Accounts.Password, "--no-cb");

        Assert.True(right.Code == 0 && right.Output.Contains("Client authentication finished (server trusted)", StringComparison.Ordinal), right.Output);
        Assert.Equal([new SmtpAuthentication(Accounts.Ann, Accounts.Ann, mechanism)], server.Logins);
    }

    [Theory, Trait("rfc", "5802#6")]
    [InlineData(SaslMechanisms.ScramSha256Plus, "NORMAL:-VERS-ALL:+VERS-TLS1.2")]
    [InlineData(SaslMechanisms.ScramSha256Plus, "NORMAL:-VERS-ALL:+VERS-TLS1.3")]
    [InlineData(SaslMechanisms.ScramSha1Plus, "NORMAL:-VERS-ALL:+VERS-TLS1.3")]
    public async Task LogIn_BoundByATypeTheServerDoesNotHave_NoLogin(string mechanism, string priority)
    {
        await using var server = await RecordingServer.StartWithLoginAsync();

        var run = await RunAsync(server, mechanism, Accounts.Password, "--priority", priority);

        Assert.True(run.Code != 0, run.Output);
        Assert.Contains($"AUTH {mechanism}", run.Output, StringComparison.Ordinal);
        Assert.Empty(server.Logins);
    }

    private Task<CommandResult> RunAsync(RecordingServer server, string mechanism, string password, params string[] more)
    {
        Assert.SkipWhen(SaslPeer.WhyNoGnu is not null, SaslPeer.WhyNoGnu ?? "");
        return Command.RunAsync("gsasl", ["--smtp", "--starttls", "--x509-ca-file", world.RootFile, "--mechanism", mechanism, "--authentication-id", Accounts.Ann, "--password", password, .. more, "localhost", server.Port],
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
