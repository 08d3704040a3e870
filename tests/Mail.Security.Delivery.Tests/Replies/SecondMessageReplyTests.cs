using Mail.Security.Testing;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>
/// Every deed in the place of the first reply to a second message on a kept connection. What fails there was gone before the server had heard of
/// the message: the attempt opens another connection, and the host is not to blame (decision 0011).
/// </summary>
[Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.1.1.5"), Trait("rfc", "5321#4.2")]
public sealed class SecondMessageReplyTests
{
    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (var mode in (string[])["lock-step", "pipelined"])
            {
                foreach (var fault in Fault.All)
                    cells.Add(mode, fault.Name);
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task DeliverAsync_ADeedAtTheSecondMail_AnotherConnectionUnlessItIsARefusal(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new DeliveryReplyWorld(mode, secondHost: false, Place.Mail.Rule(fault, 1));
        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["first"])));

        var report = await world.DeliverAsync(["a", "b", "c"], Place.Mail, fault, 1);

        var inStep = fault.Class is FaultClass.Fine or FaultClass.Later or FaultClass.Never;
        // One reply too many is told from the next only where that is another code: in a flight of commands behind MAIL it is not.
        var seenLate = fault.Class == FaultClass.Extra;
        var expected = inStep || seenLate ? DeliveryReplyRules.Recipients(Place.Mail, fault) : [DeliveryReplyRules.Delivered, DeliveryReplyRules.Delivered, DeliveryReplyRules.Delivered];
        Assert.Equal(expected, DeliveryReplyWorld.Describe(report));
        Assert.Equal(inStep || seenLate ? 1 : 2, world.Peer.Connections.Count);
        Assert.All(world.Peer.Connections.SelectMany(static one => one.Messages).GroupBy(static one => string.Join(' ', one.Recipients)), static copies => Assert.Single(copies));
        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["next"])));
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task DeliverAsync_ADeedAtTheResetBeforeTheSecond_DeliveredAllTheSame(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new DeliveryReplyWorld(mode, secondHost: false, Place.Reset.Rule(fault), new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("550 5.1.1 who?")) { Command = "*none@*" });
        Assert.Equal(["Permanent 5.1.1"], DeliveryReplyWorld.Describe(await world.DeliverAsync(["none"])));

        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["a"], Place.Reset, fault)));

        Assert.Equal(fault.Class == FaultClass.Fine ? 1 : 2, world.Peer.Connections.Count);
        Assert.Single(world.Peer.Connections.SelectMany(static one => one.Messages));
        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["next"])));
    }

    // RFC 5321 §4.5.3.1.10: who is one too many goes in the next transaction of the same session.
    [Theory]
    [InlineData("lock-step", 1, "452 4.5.3 enough")]
    [InlineData("lock-step", 2, "452 4.5.3 enough")]
    [InlineData("lock-step", 3, "552 5.5.3 enough")]
    [InlineData("pipelined", 1, "552 5.5.3 enough")]
    [InlineData("pipelined", 2, "452 4.5.3 enough")]
    [InlineData("pipelined", 3, "452 4.5.3 enough")]
    public async Task DeliverAsync_OneRecipientTooMany_InASecondTransaction(string mode, int occurrence, string reply)
    {
        await using var world = new DeliveryReplyWorld(mode, secondHost: false, new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply(reply)) { Occurrence = occurrence });

        var report = await world.DeliverAsync(["a", "b", "c"]);

        Assert.Equal([DeliveryReplyRules.Delivered, DeliveryReplyRules.Delivered, DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(report));
        Assert.Equal([2, 1], Assert.Single(world.Peer.Connections).Messages.Select(static one => one.Recipients.Count));
    }

    // RFC 2920 §3.1: nobody was accepted, so nothing of the content may go, whatever the server says of DATA.
    [Theory]
    [InlineData("lock-step", "450 4.2.1 later", "503 5.5.1 nobody")]
    [InlineData("lock-step", "550 5.1.1 who?", "503 5.5.1 nobody")]
    [InlineData("pipelined", "450 4.2.1 later", "503 5.5.1 nobody")]
    [InlineData("pipelined", "550 5.1.1 who?", "554 5.5.1 nobody")]
    [InlineData("pipelined", "550 5.1.1 who?", "354 go ahead")]
    public async Task DeliverAsync_EveryRecipientRefused_NoContentAndResetBeforeTheNext(string mode, string reply, string data)
    {
        await using var world = new DeliveryReplyWorld(mode, secondHost: false,
            new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply(reply)) { Command = "*@a.test>", Connection = 1, Occurrence = 1 },
            new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply(reply)) { Command = "*@a.test>", Connection = 1, Occurrence = 2 },
            new SmtpPeerRule(SmtpPeerMoment.Data, new SmtpPeerAction.Reply(data)) { Connection = 1, Occurrence = mode == "pipelined" ? 1 : 2 });

        var report = await world.DeliverAsync(["a", "b"]);

        Assert.All(report.Recipients, one => Assert.Equal(reply[0] == '5' ? Disposition.Permanent : Disposition.Transient, one.Disposition));
        Assert.Equal(mode == "pipelined", world.First.Commands.Contains("DATA"));
        Assert.All(world.First.Messages, static message => Assert.Equal(0, message.Content.Length));     // the lone dot
        var before = world.First.Commands.Count;
        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["next"])));
        Assert.Equal("RSET", world.First.Commands[before]);
    }
}
