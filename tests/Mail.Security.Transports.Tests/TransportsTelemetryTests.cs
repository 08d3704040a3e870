using Mail.Security.Sasl;
using Mail.Security.Testing;
using Microsoft.Extensions.Logging;

namespace Mail.Security.Transports.Tests;

public sealed class TransportsTelemetryTests
{
    [Fact]                                                  // the one line an operator must see
    public async Task OpenAsync_Injection_Warns()
    {
        await using var peer = ScriptedSmtpPeer.Play("""
            S: 220 mx.test
            C: EHLO *
            S: 250-mx.test
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go ahead
            S: 250 evil
            C: *
            """);
        var log = new LineLogger();

        await Rig.FailAsync(peer, Rig.StartTls with { Logger = log });

        Assert.Equal((1302, LogLevel.Warning), Assert.Single(log.Lines.Select(line => (line.Id, line.Level))));
    }

    [Theory]                                                // at every level, whatever the server makes of it
    [InlineData("SCRAM-SHA-256", LoginPeer.Password, 1305)]
    [InlineData("CRAM-MD5", LoginPeer.Password, 1305)]
    [InlineData("PLAIN", LoginPeer.Password, 1305)]
    [InlineData("LOGIN", LoginPeer.Password, 1305)]
    [InlineData("SCRAM-SHA-256", "other-secret", 1306)]
    [InlineData("PLAIN", "other-secret", 1306)]
    [InlineData("LOGIN", "other-secret", 1306)]
    public async Task OpenAsync_Login_IsLoggedWithoutItsSecrets(string mechanism, string password, int id)
    {
        string? said = null;
        var peer = new LoginPeer(mechanism, (_, reply) => reply.StartsWith("535", StringComparison.Ordinal) ? $"{reply} {password} {said}" : reply);
        peer.Said += line => said = line;
        using var credentials = new SaslCredentials(LoginPeer.User, password);
        var log = new LineLogger();
        var authentication = new SmtpClientAuthentication(credentials, new SaslClientSelector(new SaslClientOptions { AllowedUnverified = ["PLAIN", "LOGIN", "CRAM-MD5"] }));
        var settings = Rig.Clear with { Authentication = authentication, Logger = log };

        var serving = peer.ServeAsync();
        var result = await SmtpClientSession.OpenAsync(peer.Client, settings, cancellationToken: Rig.Stop);
        if (result is SessionOpenResult.Opened(var session))
            await session.CloseAsync(Rig.Stop);
        await serving;

        Assert.Contains(log.Lines, line => line.Id == id && line.Level == (id == 1306 ? LogLevel.Error : LogLevel.Debug));
        Assert.Contains(log.Lines, line => line.Id == 1303);
        var secrets = peer.Lines.SelectMany(line => line.Split(' ')).Where(word => word.Length > 6 && word != mechanism && word != "QUIT").Append(password).ToList();
        string[] texts = [.. log.Lines.Select(line => line.Text), result.ToString()!, settings.ToString(), authentication.ToString()];
        Assert.DoesNotContain(texts, text => secrets.Exists(secret => text.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SendAsync_Logged_WithoutContentOrAddresses()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Recipient, "*none*", "550 5.1.1 unknown"));
        var log = new LineLogger();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Logger = log });

        await session.SendAsync(Rig.Envelope("somebody@mx.test", "none@mx.test"), Rig.Content, Rig.Stop);

        Assert.Equal([1300, 1303, 1303, 1303, 1303, 1303, 1304], log.Lines.Select(line => line.Id));
        Assert.Equal("Transaction ended: 1 of 2 recipients accepted, session Reusable, (null)", log.Lines[^1].Text);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("hello", StringComparison.Ordinal) || line.Text.Contains("somebody", StringComparison.Ordinal));
    }
}
