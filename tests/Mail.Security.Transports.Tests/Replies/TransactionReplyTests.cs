namespace Mail.Security.Transports.Tests;

/// <summary>Every deed in the place of every reply of a transaction: outcomes, session, pool, and what the server saw, by <see cref="SessionReplyRules"/>.</summary>
[Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.2"), Trait("rfc", "5321#4.3.2"), Trait("rfc", "5321#4.5.3.2")]
public abstract class TransactionReplyTests(string mode)
{
    private bool InChunks => mode.EndsWith("BDAT", StringComparison.Ordinal);

    private IEnumerable<Place> Places => [.. Place.Envelope, .. InChunks ? Place.Chunks : Place.Content];

    private protected static TheoryData<string, string> CellsOf(IEnumerable<Place> places, FaultClass? but = null)
    {
        var cells = new TheoryData<string, string>();
        foreach (var place in places)
        {
            foreach (var fault in Fault.All.Where(fault => fault.Class != but))
                cells.Add(place.Name, fault.Name);
        }
        return cells;
    }

    protected async Task SendAsync(string at, string does)
    {
        var (place, fault) = (Places.Single(place => place.Name == at), Fault.Named(does));
        await using var world = new ReplyWorld(mode, place.Rule(fault));

        var rented = await world.TakeAsync();
        var result = await world.RunAsync(ReplyWorld.SendAsync(rented, "a", "b", "c"), place, fault);

        Assert.Equal(SessionReplyRules.Outcomes(place, fault), result.Recipients.Select(static one => one.Outcome.ToString()));
        Assert.Equal(SessionReplyRules.Failure(place, fault), result.ConnectionFailure?.Kind.ToString() ?? "-");
        AssertStages(place, fault, result);
        var contents = SessionReplyRules.Contents(place, fault);
        Assert.InRange(world.First.Messages.Count, contents, contents + (IsEndOnItsWay(place, fault) ? 1 : 0));
        AssertNothingAfter(place, fault, world.Verbs(1));

        var kept = SessionReplyRules.IsKept(fault);
        if (fault.Class != FaultClass.Extra)
            Assert.Equal(kept ? SessionState.Reusable : SessionState.Broken, rented.Session!.State);
        await world.LeaveAsync(rented, kept);
        await AssertNextAsync(world, place, fault, kept);
    }

    // The next message goes on the session that was kept, or on another in the place that was given back.
    private static async Task AssertNextAsync(ReplyWorld world, Place place, Fault fault, bool kept)
    {
        var before = kept ? world.First.Commands.Count : 0;
        var next = await world.TakeAsync();
        Assert.Equal(kept, next.IsReused);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(next, "next").WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Rig.Stop)));
        Assert.Equal(kept ? 1 : 2, world.Peer.Connections.Count);
        if (kept)
            Assert.Equal(SessionReplyRules.NeedsReset(place, fault), world.First.Commands[before] == "RSET");
        await world.LeaveAsync(next, kept: true);
        Assert.All(world.Peer.Connections.SelectMany(static one => one.Messages).GroupBy(static one => string.Join(' ', one.Recipients)), static copies => Assert.Single(copies));
    }

    private static void AssertStages(Place place, Fault fault, TransactionResult result)
    {
        foreach (var (index, one) in result.Recipients.Index())
        {
            if (one.Outcome == DeliveryOutcome.Accepted)
                Assert.Equal(SmtpStage.EndOfData, one.Stage);
            else if (fault.Class == FaultClass.Extra)
                Assert.InRange(one.Stage, place.Stage < SmtpStage.Data ? place.Stage : SmtpStage.Data, SmtpStage.Data);      // seen before the end of the content is sent
            else
                Assert.Equal((place.Stage, fault.Status), (one.Stage, fault.Class is FaultClass.Lost or FaultClass.Late or FaultClass.Nonsense ? null : StatusOf(one)));
            Assert.True(place.Recipient is null || index == place.Recipient || fault.Class is not (FaultClass.Later or FaultClass.Never) || one.Outcome == DeliveryOutcome.Accepted);
        }
    }

    private static string StatusOf(RecipientOutcome one) => one.Reply!.Status?.ToString() ?? $"{one.Reply.Code / 100}.0.0";

    // The last chunk goes out before the one before it is answered.
    private bool IsEndOnItsWay(Place place, Fault fault) => mode == "pipelined BDAT" && place.Name == "middle BDAT" && fault.Class == FaultClass.Nonsense;

    // A client that waits for each reply says nothing behind one that ends the transaction; one that does not has said all of the envelope.
    private void AssertNothingAfter(Place place, Fault fault, string verbs)
    {
        if (SessionReplyRules.Outcomes(place, fault).Contains("Accepted"))
            return;
        var all = InChunks ? "EHLO MAIL RCPT RCPT RCPT BDAT BDAT BDAT" : "EHLO MAIL RCPT RCPT RCPT DATA";
        var sent = place.Moment switch
        {
            Mail.Security.Testing.SmtpPeerMoment.Mail => 2,
            Mail.Security.Testing.SmtpPeerMoment.Recipient => 2 + place.Occurrence,
            Mail.Security.Testing.SmtpPeerMoment.Chunk => 5 + place.Occurrence,
            _ => all.Split(' ').Length,
        };
        Assert.StartsWith(verbs, all, StringComparison.Ordinal);
        var seen = verbs.Split(' ').Length;
        if (mode.StartsWith("lock-step", StringComparison.Ordinal))
            Assert.Equal(sent, seen);
        else if (place.Moment == Mail.Security.Testing.SmtpPeerMoment.Chunk)
            Assert.InRange(seen, sent, sent + 1);                                   // one is on its way while the one before is answered
        else
            Assert.InRange(seen, sent, InChunks ? Math.Max(sent, 5) : sent == 9 ? 9 : 6);
    }
}

public sealed class LockStepReplyTests() : TransactionReplyTests("lock-step")
{
    public static TheoryData<string, string> Cells => CellsOf([.. Place.Envelope, .. Place.Content]);

    [Theory, MemberData(nameof(Cells))]
    public Task SendAsync_ADeedInThePlaceOfAReply_ByTheRules(string at, string does) => SendAsync(at, does);
}

public sealed class PipelinedReplyTests() : TransactionReplyTests("pipelined")
{
    public static TheoryData<string, string> Cells => CellsOf([.. Place.Envelope, .. Place.Content]);

    [Theory, MemberData(nameof(Cells)), Trait("rfc", "2920#3.1")]
    public Task SendAsync_ADeedInThePlaceOfAReply_ByTheRules(string at, string does) => SendAsync(at, does);
}

public sealed class LockStepChunkReplyTests() : TransactionReplyTests("lock-step BDAT")
{
    public static TheoryData<string, string> Cells => CellsOf([.. Place.Envelope, .. Place.Chunks]);

    [Theory, MemberData(nameof(Cells)), Trait("rfc", "3030#2")]
    public Task SendAsync_ADeedInThePlaceOfAReply_ByTheRules(string at, string does) => SendAsync(at, does);
}

public sealed class PipelinedChunkReplyTests() : TransactionReplyTests("pipelined BDAT")
{
    // All replies are alike then, and nothing but their number tells them apart (RFC 2920 §3.1): one too many is seen only when it is there early.
    public static TheoryData<string, string> Cells => CellsOf([.. Place.Envelope, .. Place.Chunks], FaultClass.Extra);

    [Theory, MemberData(nameof(Cells)), Trait("rfc", "3030#2"), Trait("rfc", "2920#3.1")]
    public Task SendAsync_ADeedInThePlaceOfAReply_ByTheRules(string at, string does) => SendAsync(at, does);
}
