using System.Text.RegularExpressions;
using Mail.Security;
using Mail.Security.Queue;
using Mail.Security.Testing;

namespace Relay.Demo.Cases;

/// <summary>A message to one domain whose mail exchanger, name server and policy are as the case wants them.</summary>
internal sealed partial class DeliveryCase(string name, string expected, Func<TestCertificateAuthority, MailHost> raise) : DemoCase
{
    private MailHost? _host;

    public override string Name => name;

    public override string Expected => expected;

    /// <summary>What the sender demands in MAIL.</summary>
    public TlsDemand Demand { get; init; }

    /// <summary>Header lines of the message besides the usual ones.</summary>
    public string Header { get; init; } = "";

    private string Domain => _host!.Domain;

    public override MailHost? Raise(TestCertificateAuthority authority) => _host = raise(authority);

    public override Task BeginAsync(Submission submission, DemoStage stage, CancellationToken cancellationToken) => submission.SendAsync(Domain, Demand, Header, cancellationToken);

    public override async Task<string> SeeAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        QueueEntry? entry = null;
        await DemoStage.UntilAsync(async () =>
        {
            entry = await stage.Queue.FindAsync(Domain, cancellationToken);
            // Decided: the queue has let go of it and the relay has explained it, or it waits with the result of an attempt.
            return entry is null ? stage.Journal.Explanation(Domain) is not null : entry.Explanation.Length > 0;
        }, cancellationToken);
        var peer = stage.World.Peer(Domain);
        return entry is null ? Delivered(peer, stage.Journal.Explanation(Domain)!) : Deferred(peer, entry);
    }

    public override async Task<string?> SeeAtEndAsync(DemoStage stage, CancellationToken cancellationToken) => await SeeAsync(stage, cancellationToken);

    private string Delivered(ScriptedSmtpPeer peer, string explanation)
    {
        var arrivals = peer.Connections.SelectMany(connection => connection.Messages.Select(message => (Connection: connection, Message: message))).ToList();
        if (arrivals.Count != 1)
            return $"the host has {arrivals.Count} messages";
        var (connection, message) = arrivals[0];
        if (!message.Text.EndsWith("\r\n" + Submission.Text(Domain, Header), StringComparison.Ordinal) || !message.Text.StartsWith("Received: ", StringComparison.Ordinal))
            return "the host has another message";
        var proof = Authenticated().Match(explanation) is { Success: true } match ? $"authenticated by {match.Groups["method"].Value}" : "not authenticated";
        var how = connection.TlsProtocol is null ? "in the clear" : $"under TLS, {proof}";
        return $"delivered {how}{(message.Mail.Contains(" REQUIRETLS", StringComparison.Ordinal) ? ", with REQUIRETLS" : "")}";
    }

    private static string Deferred(ScriptedSmtpPeer peer, QueueEntry entry) => $"deferred {entry.Recipients[0].Status}, {MailCommands(peer)}";

    /// <summary>Whether a host was asked to take mail in any connection, under TLS or not.</summary>
    internal static string MailCommands(ScriptedSmtpPeer peer) =>
        peer.Connections.Count == 0 ? "the host was never dialed"
        : peer.Connections.Any(connection => connection.Commands.Any(command => command.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase))) ? "the host saw MAIL" : "the host saw no MAIL";

    [GeneratedRegex(@"authenticated by (?<method>[a-z+-]+):")]
    private static partial Regex Authenticated();
}
