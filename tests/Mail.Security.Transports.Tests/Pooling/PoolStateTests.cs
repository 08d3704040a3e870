using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What a peer does at each reply of a transaction, and whether its connection is used again.</summary>
public sealed class PoolStateTests
{
    public static TheoryData<SmtpPeerMoment, string, bool> Table
    {
        get
        {
            var table = new TheoryData<SmtpPeerMoment, string, bool>();
            foreach (var moment in (SmtpPeerMoment[])[SmtpPeerMoment.Mail, SmtpPeerMoment.Recipient, SmtpPeerMoment.Data, SmtpPeerMoment.EndOfData])
            {
                foreach (var refusal in (string[])["450 4.3.0 later", "550 5.7.1 no", "550-5.7.1 no\n550 5.7.1 never"])
                    table.Add(moment, refusal, true);
                foreach (var fault in (string[])["421 4.3.2 closing CLOSE", "CLOSE", "RESET", "RAW what?\r\n", "RAW 2", moment == SmtpPeerMoment.Data ? "250 wrong here" : "354 wrong here"])
                    table.Add(moment, fault, false);
            }
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task LeaveAsync_PeerDidAtOneReply_KeptOnlyInStep(SmtpPeerMoment moment, string does, bool kept)
    {
        foreach (var keywords in (string[][])[["PIPELINING"], []])
        {
            await using var world = new PoolWorld(new MailExchangerOptions { Keywords = keywords, Rules = { new SmtpPeerRule(moment, Act.Read(does)) { Connection = 1, Occurrence = 1 } } });
            await using (var place = await world.TakeAsync())
            {
                var sending = place.Session!.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop).AsTask();
                if (does == "RAW 2")                                // half a reply, and then nothing: the limit of the wait ends it
                {
                    await Rig.UntilAsync(() => Act.HasReached(world.Peer.Connections[0], moment));
                    await Rig.UntilAsync(() =>
                    {
                        world.Time.Advance(TimeSpan.FromMinutes(1));
                        return sending.IsCompleted;
                    });
                }
                Assert.NotEqual(DeliveryOutcome.Accepted, Assert.Single((await sending).Recipients).Outcome);
            }

            Assert.Equal(kept ? (1, 1) : (0, 0), (world.Pool.Count.Taken, world.Pool.Count.Idle));
            await world.SendAsync();
            Assert.Equal(kept ? 1 : 2, world.Peer.Connections.Count);
            Assert.Equal(kept ? [] : ["Broken"], world.Ended);
        }
    }
}
