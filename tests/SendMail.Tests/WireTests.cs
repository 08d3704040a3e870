using Mail.Security.Sasl;
using Mail.Security.Testing;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>What the options and the content become on the wire, at servers with and without the extensions they need.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("DSN", " RET=HDRS ENVID=id-1", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@far.test")]
    [InlineData("HELP", "", "")]
    [Trait("rfc", "3461#4.1"), Trait("rfc", "3461#5.2.2")]
    public async Task Run_NotificationOptions_AreParametersWhereOffered(string offered, string mail, string recipient)
    {
        await using var peer = Start(offered);
        using var bench = new Bench(peer.EndPoint.Port);

        Assert.Equal((ExitCode.Ok, ""), await RunAsync(bench, Bench.Message, "-N", "success,failure", "-R", "hdrs", "-V", "id-1", "bob@far.test"));

        Assert.Equal(
            [$"MAIL FROM:<ann@client.test>{mail}", $"RCPT TO:<bob@far.test>{recipient}"],
            peer.Connections[0].Commands.Where(static command => command.StartsWith("MAIL", StringComparison.Ordinal) || command.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("8BITMIME", "BODY=8BITMIME", "\u00c3\u00bcbung in plain words")]
    [InlineData("HELP", "", "=C3=BCbung in plain words")]
    [Trait("rfc", "6152#3")]
    public async Task Run_EightBitContent_EncodedForAServerWithout(string offered, string declared, string text)
    {
        await using var peer = Start(offered);
        using var bench = new Bench(peer.EndPoint.Port);

        Assert.Equal((ExitCode.Ok, ""), await RunAsync(bench, "Subject: s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\u00fcbung in plain words\n", "bob@far.test"));

        Assert.EndsWith(declared, peer.Connections[0].Commands.Single(static command => command.StartsWith("MAIL", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n{text}\r\n", Assert.Single(peer.Connections[0].Messages).Text, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(Bench bench, string message, params string[] arguments)
    {
        var (code, _, error) = await bench.RunAsync(message, arguments);
        return (code, error);
    }

    private static ScriptedSmtpPeer Start(string offered) => ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions
    {
        HostName = SubmissionServer.Name,
        Tls = new SmtpPeerTls(SubmissionServer.Certificate),
        Keywords = [],
        KeywordsUnderTls = [offered],
        Logins = new SaslServerFactory(new Accounts(), new SaslServerOptions { Mechanisms = [SaslMechanisms.ScramSha256], Iterations = 4096 }),
    });

    private sealed class Accounts : ISaslCredentialStore
    {
        public ValueTask<SaslLookup<ScramCredential>> FindAsync(string userName, ScramHash hash, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<SaslLookup<ScramCredential>>(ScramCredential.TryCreate(hash, "correct horse"u8, 4096, SaslPreparation.OpaqueString, out var made)
                ? new SaslLookup<ScramCredential>.Found(made) : new SaslLookup<ScramCredential>.NotFound());
    }
}
