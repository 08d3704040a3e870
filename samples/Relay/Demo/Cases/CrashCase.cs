using Mail.Security;
using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>The relay is killed in the middle of handing a message over; another one finds it in the database and delivers it.</summary>
internal sealed class CrashCase : DemoCase
{
    private const string Domain = "crash.example";
    private const int KilledBySignal9 = 128 + 9;

    public override string Name => "kill -9 in the middle of a delivery";

    public override string Expected => "killed, still in the queue, delivered once and whole after the restart";

    public override MailHost? Raise(TestCertificateAuthority authority)
    {
        var host = Hosts.DaneEe(Domain);
        host.Behaviour.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Data, new SmtpPeerAction.Stall()) { Connection = 1 });
        return host;
    }

    public override async Task<string> SeeAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        var peer = stage.World.Peer(Domain);
        var submission = new Submission(await stage.Relay.ListeningAsync(cancellationToken), stage.World.Authority.Certificate);
        await submission.SendAsync(Domain, TlsDemand.Default, "", cancellationToken);
        await DemoStage.UntilAsync(() => Task.FromResult(peer.Connections is [var first, ..] && first.Commands.Contains("DATA")), cancellationToken);
        var code = await stage.Relay.KillAsync();
        var killed = code == KilledBySignal9 || OperatingSystem.IsWindows() ? "killed" : $"ended with {code}";
        var kept = await stage.Queue.FindAsync(Domain, cancellationToken) is { Attempts: 1 } ? "still in the queue" : "lost from the queue";

        await stage.StartRelayAsync(cancellationToken);
        await DemoStage.UntilAsync(async () => await stage.Queue.FindAsync(Domain, cancellationToken) is null, cancellationToken);
        var messages = peer.Connections.SelectMany(connection => connection.Messages).ToList();
        var whole = messages.All(message => message.Text.EndsWith("\r\n" + Submission.Text(Domain, ""), StringComparison.Ordinal)) ? "whole" : "damaged";
        return $"{killed}, {kept}, delivered {(messages.Count == 1 ? "once" : $"{messages.Count} times")} and {whole} after the restart";
    }
}
