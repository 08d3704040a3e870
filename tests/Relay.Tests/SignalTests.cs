using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Mail.Security;
using Mail.Security.Testing;
using Relay.Configuration;
using Relay.Demo;
using Relay.Demo.Cases;

namespace Relay.Tests;

public sealed class SignalTests : RelayTest
{
    [Fact]
    public async Task Sigterm_InTheMiddleOfADelivery_GivesTheLeaseBack()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        var host = Hosts.DaneEe("stalling.example");
        host.Behaviour.On(SmtpPeerMoment.Data, new SmtpPeerAction.Stall());
        await using var world = await DemoWorld.RaiseAsync(authority, [host]);
        await using var stage = Stage(world, (Settings.StopTimeout, "200ms"), (Settings.Lease, "1h"));
        var submission = await stage.StartRelayAsync(Token);
        await submission.SendAsync(host.Domain, TlsDemand.Default, "", Token);
        await DemoStage.UntilAsync(() => Task.FromResult(world.Peer(host.Domain).Connections is [var first, ..] && first.Commands.Contains("DATA")), Token);

        var code = await stage.Relay.StopAsync();

        var entry = await stage.Queue.FindAsync(host.Domain, Token);
        Assert.Equal((0, 1, (string?)null), (code, entry!.Attempts, entry.LeaseOwner));
    }

    [Fact]
    public async Task Sighup_RenewedCertificate_IsShownToTheNextClient()
    {
        RequireHangups();
        using var authority = TestCertificateAuthority.CreateRoot();
        using var renewed = authority.Issue(DemoWorld.RelayName);
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.CertificateInterval, "1d"));
        await stage.StartRelayAsync(Token);
        await File.WriteAllTextAsync(world.CertificateFile, renewed.ToPem(), Token);
        stage.Relay.Hangup();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("CertificateReloader", 1832).Count == 1), Token);      // not its key
        await File.WriteAllTextAsync(world.KeyFile, renewed.ToPrivateKeyPem(), Token);

        stage.Relay.Hangup();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("CertificateReloader", 1833).Count == 1), Token);

        using var client = new TcpClient();
        await client.ConnectAsync(await stage.Relay.ListeningAsync(Token), Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1, leaveOpen: true);
        await UntilAsync(reader, "220");
        await client.GetStream().WriteAsync("STARTTLS\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "220");
        await using var tls = new SslStream(client.GetStream(), true, (_, seen, _, _) => seen?.GetCertHashString() == renewed.GetCertHashString());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = DemoWorld.RelayName }, Token);
        Assert.True(tls.IsAuthenticated);
    }

    [Fact]
    public async Task Sighup_WithoutACertificateFile_EndsNothing()
    {
        RequireHangups();
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.Certificate, ""), (Settings.CertificateKey, ""));
        await stage.StartRelayAsync(Token);

        stage.Relay.Hangup();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("HangupService", 4).Count == 1), Token);

        Assert.Equal(0, await stage.Relay.StopAsync());
    }

    [Fact]
    public async Task Sigterm_InTheMiddleOfAMessage_TakesItWhole()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world);
        await stage.StartRelayAsync(Token);
        using var client = new TcpClient();
        await client.ConnectAsync(await stage.Relay.ListeningAsync(Token), Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await client.GetStream().WriteAsync("EHLO c.example\r\n"u8.ToArray(), Token);
        await client.GetStream().WriteAsync("MAIL FROM:<>\r\nRCPT TO:<a@waiting.example>\r\nDATA\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "354");
        await client.GetStream().WriteAsync("Subject: x\r\n\r\nhal"u8.ToArray(), Token);

        var stopping = stage.Relay.StopAsync();
        await DemoStage.UntilAsync(() => Task.FromResult(stage.Journal.Messages("SmtpListener", 1801).Count > 0), Token);
        await client.GetStream().WriteAsync("f\r\n.\r\n"u8.ToArray(), Token);
        await UntilAsync(reader, "250 2.0.0 queued");
        await UntilAsync(reader, "421 4.3.2");

        Assert.Equal(0, await stopping);
        Assert.NotNull(await stage.Queue.FindAsync("waiting.example", Token));
    }

    [Fact]
    public async Task Kill_AfterManyAcceptances_LosesNone()
    {
        using var authority = TestCertificateAuthority.CreateRoot();
        await using var world = await DemoWorld.RaiseAsync(authority, [Hosts.TlsaMismatch(authority, "waiting.example")]);
        await using var stage = Stage(world, (Settings.RetryDelays, "1h"));
        var submission = await stage.StartRelayAsync(Token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => submission.SendAsync("waiting.example", TlsDemand.Default, "", Token)));

        await stage.Relay.KillAsync();

        Assert.Equal(20, (await stage.Queue.ListAsync(Token)).Count);
        await stage.StartRelayAsync(Token);
        var code = await stage.Relay.StopAsync();
        Assert.True(code == 0, $"exit code {code}\n{string.Join('\n', stage.Journal.Tail)}");
        Assert.Equal(20, (await stage.Queue.ListAsync(Token)).Count);
    }
}
