using Mail.Security;
using Mail.Security.Delivery;

namespace Interop.Tests;

/// <summary>Delivery to a real Postfix with matching, mismatching, unusable and no TLSA records, judged by Postfix's own log and by posttls-finger.</summary>
[Collection(nameof(InteropWorld))]
public sealed class DanePostfixTests(InteropWorld world) : IDisposable
{
    private readonly Sender _sender = new();

    /// <summary>Each case with what delivery must come to: the method of authentication, "encrypted", "clear", or "deferred".</summary>
    public static TheoryData<string, string> Cases => new()
    {
        { "dee", "dane-ee" },
        { "deecert", "dane-ee" },
        { "sha512", "dane-ee" },
        { "full", "dane-ee" },
        { "mixed", "dane-ee" },
        { "eeexpired", "dane-ee" },
        { "data", "dane-ta" },
        { "taapart", "dane-ta" },
        { "takey", "dane-ta" },
        { "none", "encrypted" },
        { "unusable", "encrypted" },
        { "plainnone", "clear" },
        { "wrong", "deferred" },
        { "agility", "deferred" },
        { "daname", "deferred" },
        { "taunsent", "deferred" },
        { "taexpired", "deferred" },
        { "plain", "deferred" },
    };

    public void Dispose() => _sender.Dispose();

    [Theory, MemberData(nameof(Cases)), Trait("rfc", "7672#2.2")]
    public async Task Deliver_ToPostfix_AsTheRecordsSay(string name, string expected)
    {
        InteropWorld.Require();
        var mx = world.Cases[name];
        var marker = Guid.NewGuid().ToString("N");

        var report = await _sender.DeliverAsync(mx.Domain, marker, TestContext.Current.CancellationToken);

        Assert.True(expected == Seen(report), report.Explanation.ToString());
        if (expected == "deferred")
        {
            Assert.DoesNotContain(world.Postfix.Messages(), message => message.Contains(marker, StringComparison.Ordinal));
            return;
        }
        var message = await world.Postfix.WaitForMessageAsync(marker);
        Assert.NotNull(message);
        Assert.Contains("\n.dot", message, StringComparison.Ordinal);
        // Postfix's own words: its Received field tells the TLS version, its log that the connection stood and the message was queued.
        Assert.Equal(expected != "clear", message.Contains("(using TLSv1.3", StringComparison.Ordinal));
        Assert.Contains("250 2.0.0 Ok: queued as ", report.Recipients[0].Sentence, StringComparison.Ordinal);
        var id = report.Recipients[0].Sentence.Split("queued as ")[1].Trim();
        Assert.Contains(id, world.Postfix.Log(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Cases)), Trait("rfc", "7672#3")]
    public async Task Verdict_OnTheSamePeer_AsPosttlsFingerSays(string name, string expected)
    {
        InteropWorld.Require();
        var mx = world.Cases[name];

        var finger = await FingerAsync(mx.Domain);
        var report = await _sender.DeliverAsync(mx.Domain, "judged", TestContext.Current.CancellationToken);

        var authenticated = report.Explanation.Hosts.SelectMany(host => host.Sessions).Any(session => session.Tls?.Verdict is PeerVerdict.Authenticated);
        Assert.True(authenticated == finger.Output.Contains("Verified TLS connection established", StringComparison.Ordinal), $"{finger.Output}\n{report.Explanation}");
        Assert.Equal(expected.StartsWith("dane", StringComparison.Ordinal), authenticated);
    }

    [Fact, Trait("rfc", "7672#2.2.1")]
    public async Task Deliver_InsecureDomain_OpportunisticAndNamedSo()
    {
        InteropWorld.Require();
        var report = await _sender.DeliverAsync("insecure.test", "x", TestContext.Current.CancellationToken);
        Assert.Equal("encrypted", Seen(report));
        Assert.Contains("the MX records are insecure", report.Explanation.ToString(), StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "7672#2.1.2")]
    public async Task Deliver_BogusHost_DeferredWithTheResolversReason()
    {
        InteropWorld.Require();
        var report = await _sender.DeliverAsync("bogus.test", "x", TestContext.Current.CancellationToken);
        var recipient = Assert.Single(report.Recipients);
        Assert.Equal((Disposition.Transient, "4.7.5"), (recipient.Disposition, recipient.Status.ToString()));
        Assert.Contains("EDE ", recipient.Sentence, StringComparison.Ordinal);
    }

    private static string Seen(AttemptReport report)
    {
        if (report.Recipients[0].Disposition != Disposition.Delivered)
            return report.Recipients[0].Disposition == Disposition.Transient ? "deferred" : "bounced";
        return report.Explanation.Hosts[^1].Sessions[^1].Tls switch
        {
            null => "clear",
            { Verdict: PeerVerdict.Authenticated(var method, _) } => method,
            _ => "encrypted",
        };
    }

    // In a mount namespace of its own, so that it resolves through the world's unbound.
    private async Task<CommandResult> FingerAsync(string domain)
    {
        var resolver = Path.Combine(world.Folder("finger"), "resolv.conf");
        await File.WriteAllTextAsync(resolver, $"nameserver {DnsWorld.Resolver.Address}\noptions trust-ad edns0\n", TestContext.Current.CancellationToken);
        return await Command.RunAsync("unshare",
            ["-m", "sh", "-c", "mount --bind \"$1\" /etc/resolv.conf && MAIL_CONFIG=$3 exec posttls-finger -c -l dane -t 10 \"$2\"", "sh", resolver, domain, world.Postfix.Configuration],
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
