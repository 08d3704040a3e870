using Mail.Security.Transports;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>Every deed in the place of every reply a delivery waits for: retry class and status of each recipient, the pool, and who has the message, by <see cref="DeliveryReplyRules"/>.</summary>
[Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.2"), Trait("rfc", "5321#4.3.2"), Trait("rfc", "5321#4.5.3.2")]
public abstract class DeliveryReplyTests(string mode)
{
    private static readonly string[] Three = ["a", "b", "c"];

    private static Place[] Places => [.. Place.Opening, .. Place.Envelope, .. Place.Content];

    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (var place in Places)
            {
                // In place of the handshake whatever is said is no TLS; the reply to EHLO is read for what it announces, which a short one does not.
                foreach (var fault in Fault.All.Where(fault => fault.Class != FaultClass.Fine || place.Stage is not (SmtpStage.TlsHandshake or SmtpStage.Hello)))
                    cells.Add(place.Name, fault.Name);
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells)), Trait("rfc", "3207#4"), Trait("rfc", "7672#2.2")]
    public async Task DeliverAsync_OneHost_ClassifiedAndThePlaceGivenBack(string at, string does)
    {
        var (place, fault) = (Places.Single(place => place.Name == at), Fault.Named(does));
        await using var world = new DeliveryReplyWorld(mode, secondHost: false, place.Rule(fault));

        var report = await world.DeliverAsync(Three, place, fault);

        // A connection that is reset before this side knows that it stands was none (X.4.1).
        var expected = DeliveryReplyRules.Recipients(place, fault).Select(one => place.Stage == SmtpStage.Greeting && report.Explanation.ToString().Contains("no connection", StringComparison.Ordinal) ? "Transient 4.4.1" : one);
        Assert.Equal(expected, DeliveryReplyWorld.Describe(report).Select(one => place.Stage == SmtpStage.TlsHandshake ? OfHandshake(fault, one) : one));
        Assert.Null(report.PostponedUntil);
        await AssertReceivedAsync(place, fault, world);
        var kept = DeliveryReplyRules.IsKept(place, fault);
        var connections = world.Peer.Connections.Count;
        Assert.InRange(connections, 0, 1);                      // a host is dialed once, and never in the clear where TLS is required

        var next = await world.DeliverAsync(["next"]);

        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(next));
        Assert.Equal(kept ? connections : connections + 1, world.Peer.Connections.Count);
    }

    // Another host is asked in the same attempt, unless the domain has decided, or the message may have arrived.
    [Theory, MemberData(nameof(Cells)), Trait("rfc", "5321#5.1")]
    public async Task DeliverAsync_TwoHosts_TheOtherIsAskedUnlessDecidedOrUnknown(string at, string does)
    {
        var (place, fault) = (Places.Single(place => place.Name == at), Fault.Named(does));
        await using var world = new DeliveryReplyWorld(mode, secondHost: true, place.Rule(fault));

        var report = await world.DeliverAsync(Three, place, fault);

        var stays = DeliveryReplyRules.IsFinal(place, fault) || DeliveryReplyRules.IsUnknown(place, fault);
        var expected = DeliveryReplyRules.Recipients(place, fault);
        Assert.Equal(expected.Select(one => one == DeliveryReplyRules.Delivered || stays ? one : DeliveryReplyRules.Delivered), DeliveryReplyWorld.Describe(report));
        // The other has the message for those the first did not take, and for nobody else.
        var left = stays ? [] : Three.Where((_, index) => expected[index] != DeliveryReplyRules.Delivered);
        Assert.Equal(left.Select(static local => $"RCPT TO:<{local}@a.test>"), world.Second!.Connections.SelectMany(static one => one.Messages).SelectMany(static one => one.Recipients));
    }

    // Octets that come before ours are an injection, and after ours no handshake; the clock may be faster than they are.
    private static string OfHandshake(Fault fault, string outcome) => (fault.Class, outcome) switch
    {
        (FaultClass.Late, "Transient 4.7.0" or "Transient 4.7.5") when fault.Name != "stall" => "Transient 4.4.2",
        (not FaultClass.Late, "Transient 4.7.5") when fault.Name is not ("close" or "reset") => "Transient 4.7.0",
        _ => outcome,
    };

    private static async Task AssertReceivedAsync(Place place, Fault fault, DeliveryReplyWorld world)
    {
        if (world.Peer.Connections.Count == 0)
            return;
        if (!DeliveryReplyRules.IsOfTransaction(place) && fault.Class is FaultClass.Later or FaultClass.Never)
            await world.Peer.WaitForEndAsync(1, TestContext.Current.CancellationToken);
        var (messages, verbs) = (world.First.Messages.Count, world.First.Commands.Select(static command => command.Split(' ')[0]).ToList());
        Assert.Equal(place.IsEnd || DeliveryReplyRules.Recipients(place, fault).Contains(DeliveryReplyRules.Delivered) ? 1 : 0, messages);
        if (DeliveryReplyRules.IsOfTransaction(place) || fault.Class is FaultClass.Fine or FaultClass.Extra)
            return;
        // Nothing of the message where the session did not come about; and a goodbye to who refused.
        Assert.DoesNotContain("MAIL", verbs);
        if (fault.Class is FaultClass.Later or FaultClass.Never && place.Stage != SmtpStage.TlsHandshake)
            Assert.Equal("QUIT", verbs[^1]);
        else if (fault.Class is not FaultClass.Nonsense)
            Assert.DoesNotContain("QUIT", verbs);
    }
}

public sealed class LockStepDeliveryReplyTests() : DeliveryReplyTests("lock-step");

public sealed class PipelinedDeliveryReplyTests() : DeliveryReplyTests("pipelined");
