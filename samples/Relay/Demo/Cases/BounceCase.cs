using Mail.Security;
using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>A REQUIRETLS message to a host that does not offer it: the sender gets a report at its own mail exchanger (RFC 8689 §4.2.1, §5).</summary>
internal sealed class BounceCase : DemoCase
{
    private const string Domain = "requiretls-missing.example";

    public override string Name => "REQUIRETLS to a host without it";

    public override string Expected => "bounced, the sender's host has a report with 5.7.30 under TLS; the host saw no MAIL";

    public override MailHost? Raise(TestCertificateAuthority authority) => Hosts.DaneEe(Domain);

    public override Task BeginAsync(Submission submission, DemoStage stage, CancellationToken cancellationToken) => submission.SendAsync(Domain, TlsDemand.RequireTls, "", cancellationToken);

    public override async Task<string> SeeAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        (SmtpPeerRecord Connection, SmtpPeerMessage Message)? report = null;
        await DemoStage.UntilAsync(async () =>
        {
            report = Reports(stage).Select(found => ((SmtpPeerRecord, SmtpPeerMessage)?)found).FirstOrDefault();
            return report is not null || await stage.Queue.FindAsync(Domain, cancellationToken) is { Explanation.Length: > 0 };
        }, cancellationToken);
        if (report is not var (connection, message))
            return "deferred";
        var status = message.Text.Contains("\r\nStatus: 5.7.30\r\n", StringComparison.Ordinal) && message.Text.Contains("\r\nAction: failed\r\n", StringComparison.Ordinal) ? "5.7.30" : "another status";
        var sender = message.Mail.StartsWith("MAIL FROM:<>", StringComparison.Ordinal) ? "a report" : "a message that is no report";
        return $"bounced, the sender's host has {sender} with {status} {(connection.TlsProtocol is null ? "in the clear" : "under TLS")}; {DeliveryCase.MailCommands(stage.World.Peer(Domain))}";
    }

    private static IEnumerable<(SmtpPeerRecord, SmtpPeerMessage)> Reports(DemoStage stage) =>
        from connection in stage.World.Peer(Hosts.SenderDomain).Connections
        from message in connection.Messages
        where message.Text.Contains($"{Submission.Recipient(Domain)}", StringComparison.Ordinal)
        select (connection, message);
}
