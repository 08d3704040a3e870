using Mail.Security.Testing;
using Mail.Security.Transports;
using Mail.Security.Transports.Tests;

namespace Mail.Security.Delivery.Tests;

/// <summary>Every deed in the place of every reply of a login: the mail waits, nothing of it is sent, and the place is given back.</summary>
[Trait("rfc", "4954#4"), Trait("rfc", "4954#6"), Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.2")]
public sealed class LoginReplyTests
{
    private static readonly (string Mechanism, Place[] Places)[] Logins =
    [
        ("PLAIN", [Step("AUTH", 1, "235 2.7.0 welcome")]),
        ("SCRAM-SHA-256", [Step("AUTH", 1, "334 Y2hhbGxlbmdl"), Step("proof", 2, "334 Y2hhbGxlbmdl"), Step("last answer", 3, "235 2.7.0 welcome")]),
    ];

    public static TheoryData<string, string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, string>();
            foreach (var (mechanism, places) in Logins)
            {
                foreach (var place in places)
                {
                    foreach (var fault in Fault.All)
                        cells.Add(mechanism, place.Name, fault.Name);
                }
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task DeliverAsync_ADeedInThePlaceOfAReply_TheMailWaitsUnlessLoggedIn(string mechanism, string at, string does)
    {
        var (place, fault) = (Logins.Single(login => login.Mechanism == mechanism).Places.Single(place => place.Name == at), Fault.Named(does));
        await using var world = new DeliveryReplyWorld(mechanism, secondHost: false, place.Rule(fault));

        var report = await world.DeliverAsync(["a", "b", "c"], place, fault);

        Assert.All(DeliveryReplyWorld.Describe(report), one => Assert.Contains(one, Expected(place, fault)));
        Assert.DoesNotContain("geheim", report.Explanation.ToString(), StringComparison.Ordinal);
        var delivered = report.Recipients[0].Disposition == Disposition.Delivered;
        Assert.Equal(delivered ? 1 : 0, world.First.Messages.Count);
        Assert.Equal(delivered, world.First.Commands.Any(static command => command.StartsWith("MAIL", StringComparison.Ordinal)));

        Assert.Equal([DeliveryReplyRules.Delivered], DeliveryReplyWorld.Describe(await world.DeliverAsync(["next"])));
        Assert.Equal(delivered ? 1 : 2, world.Peer.Connections.Count);
    }

    // 235 is what a login ends by, and 334 what it goes on by (RFC 4954 §4): their number is no matter of the first digit, because one that is believed too early is a server that was not proven.
    private static string[] Expected(Place place, Fault fault) => (fault.Class, place.Due[0]) switch
    {
        (FaultClass.Fine, '2') when fault.Name != "another code of the class" => [DeliveryReplyRules.Delivered],
        (FaultClass.Fine, '2') => ["Transient 4.5.0"],
        (FaultClass.Fine, _) => ["Transient 4.7.0", "Transient 4.5.0"],             // no challenge that can be answered
        (FaultClass.Extra, '3') => ["Transient 4.7.0", "Transient 4.5.0"],
        (FaultClass.Nonsense, _) when fault.Name == "wrong class" => ["Transient 4.7.0", "Transient 4.5.0"],
        _ => [DeliveryReplyRules.Recipients(place, fault)[0]],
    };

    private static Place Step(string name, int occurrence, string due) =>
        new(name, SmtpPeerMoment.Authentication, occurrence, due, StageClock.Limits.Authentication, SmtpStage.Authentication);
}
