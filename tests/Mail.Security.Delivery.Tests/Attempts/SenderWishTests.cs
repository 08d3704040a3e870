using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Delivery.Tests;

/// <summary>What the sender asked for on its way to the next server: DSN (RFC 3461), DELIVERBY (RFC 2852), MT-PRIORITY (RFC 6710).</summary>
public sealed class SenderWishTests : IAsyncDisposable
{
    private readonly DeliveryWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]                                                    // announced; MAIL; RCPT; whether the sender is to be told of the relay
    [InlineData("HELP", "", "", true)]
    [InlineData("DSN", " RET=HDRS ENVID=id+2B7", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;To@A.test", false)]
    [InlineData("MT-PRIORITY", " MT-PRIORITY=3", "", true)]
    [InlineData("MT-PRIORITY MIXER,DSN", " RET=HDRS ENVID=id+2B7 MT-PRIORITY=3", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;To@A.test", false)]
    [Trait("rfc", "3461#5.2.1"), Trait("rfc", "3461#5.2.2"), Trait("rfc", "6710#4.2"), Trait("rfc", "6710#4.3")]
    public async Task Deliver_WishesOfTheSender_SentWhereTheyAreOffered(string keywords, string mail, string recipient, bool owed)
    {
        var (report, peer) = await DeliverAsync(keywords, envelope => envelope with
        {
            Return = DsnReturn.HeadersOnly, EnvelopeId = "id+7", RequestedPriority = 3,
            Recipients = [envelope.Recipients[0] with { Notify = DsnNotify.Success | DsnNotify.Failure, OriginalRecipient = new OriginalRecipient("rfc822", "To@A.test") }],
        });

        Assert.Equal(["MAIL FROM:<from@sender.test>" + mail, "RCPT TO:<to@a.test>" + recipient], peer.Connections[^1].Commands.Where(static command => command[..4] is "MAIL" or "RCPT"));
        Assert.Equal((Disposition.Delivered, owed), (report.Recipients[0].Disposition, report.Recipients[0].OwesRelayedDsn));
    }

    [Theory]                                                    // announced; mode; seconds left; NOTIFY; BY sent; disposition and status; told of the relay
    [InlineData("DELIVERBY", "R", 90, DsnNotify.Unspecified, "R", "Delivered", false)]
    [InlineData("DELIVERBY", "RT", 90, DsnNotify.Unspecified, "RT", "Delivered", true)]
    [InlineData("DELIVERBY", "RT", 90, DsnNotify.Never, "RT", "Delivered", false)]
    [InlineData("DELIVERBY 60", "R", 90, DsnNotify.Unspecified, "R", "Delivered", false)]
    [InlineData("DELIVERBY 600", "R", 90, DsnNotify.Unspecified, "", "Permanent 5.4.7", false)]
    [InlineData("HELP", "R", 90, DsnNotify.Unspecified, "", "Permanent 5.4.7", false)]
    [InlineData("HELP", "N", 90, DsnNotify.Unspecified, "", "Delivered", true)]
    [InlineData("HELP", "N", 90, DsnNotify.Failure, "", "Delivered", true)]
    [InlineData("HELP", "N", 90, DsnNotify.Never, "", "Delivered", false)]
    [InlineData("HELP", "N", -90, DsnNotify.Unspecified, "", "Delivered", false)]          // the sender was told of that already
    [InlineData("DELIVERBY", "N", 90, DsnNotify.Unspecified, "N", "Delivered", false)]
    [InlineData("DELIVERBY", "N", -90, DsnNotify.Unspecified, "-N", "Delivered", false)]
    [Trait("rfc", "2852#4.1.4.1"), Trait("rfc", "2852#4.1.4.2")]
    public async Task Deliver_TimeToDeliverBy_KeptOrToldOrRefused(string keywords, string mode, int left, DsnNotify notify, string sent, string outcome, bool owed)
    {
        var by = new DeliverBy(TimeProvider.System.GetUtcNow().AddSeconds(left), mode[0] == 'R' ? DeliverByMode.Return : DeliverByMode.Notify, mode.EndsWith('T') ? DeliverByTrace.On : DeliverByTrace.Off);
        var (report, peer) = await DeliverAsync(keywords, envelope => envelope with { DeliverBy = by, Recipients = [envelope.Recipients[0] with { Notify = notify }] });

        var one = report.Recipients[0];
        Assert.Equal(outcome, one.Disposition == Disposition.Delivered ? "Delivered" : $"{one.Disposition} {one.Status}");
        Assert.Equal(owed, one.OwesRelayedDsn);
        var mail = peer.Connections[^1].Commands.SingleOrDefault(static command => command.StartsWith("MAIL", StringComparison.Ordinal)) ?? "";
        if (sent.Length == 0)
            Assert.DoesNotContain("BY=", mail, StringComparison.Ordinal);
        else
            Assert.Matches(sent[0] == '-' ? $"BY=-(90|91|92|95);{sent[1..]}$" : $"BY=(90|8[0-9]);{sent}$", mail);
    }

    [Theory, Trait("rfc", "2852#4.1.4.2")]                      // a server that keeps no times is asked to tell of delays
    [InlineData(DsnNotify.Unspecified, "NOTIFY=FAILURE,DELAY")]
    [InlineData(DsnNotify.Success, "NOTIFY=SUCCESS,DELAY")]
    [InlineData(DsnNotify.Never, "NOTIFY=NEVER")]
    public async Task Deliver_TimeToAServerWithoutTimes_AsksForDelays(DsnNotify notify, string expected)
    {
        var by = new DeliverBy(TimeProvider.System.GetUtcNow().AddHours(1), DeliverByMode.Notify, DeliverByTrace.Off);
        var (_, peer) = await DeliverAsync("DSN", envelope => envelope with { DeliverBy = by, Recipients = [envelope.Recipients[0] with { Notify = notify }] });

        Assert.EndsWith(expected, peer.Connections[^1].Commands.Single(static command => command.StartsWith("RCPT", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private async Task<(AttemptReport Report, ScriptedSmtpPeer Peer)> DeliverAsync(string keywords, Func<SmtpEnvelope, SmtpEnvelope> change)
    {
        var peer = _world.AddHost(new MailExchangerOptions { HostName = "mx.a.test", Keywords = ["PIPELINING", .. keywords.Split(',')] });
        _world.Resolver.AddMx("a.test", 10, "mx.a.test");
        var request = DeliveryWorld.Request("a.test");
        return (await _world.Agent.DeliverAsync(request with { Envelope = change(request.Envelope) }, TestContext.Current.CancellationToken), peer);
    }
}
