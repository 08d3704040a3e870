using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Every deed in the place of a reply between two messages: RSET, NOOP, the MAIL of the second message, QUIT.</summary>
[Trait("rfc", "5321#3.8"), Trait("rfc", "5321#4.1.1.5"), Trait("rfc", "5321#4.1.1.9"), Trait("rfc", "5321#4.1.1.10"), Trait("rfc", "5321#4.2")]
public sealed class BetweenMessagesReplyTests
{
    public static TheoryData<string, string> Cells => CellsOf(static (_, _) => true);

    private static TheoryData<string, string> CellsOf(Func<string, Fault, bool> which)
    {
        var cells = new TheoryData<string, string>();
        foreach (var mode in ReplyWorld.Modes)
        {
            foreach (var fault in Fault.All.Where(fault => which(mode, fault)))
                cells.Add(mode, fault.Name);
        }
        return cells;
    }

    // RFC 5321 §4.3.2: RSET has one reply, and a refusal of it leaves open what the server still holds.
    [Theory, MemberData(nameof(Cells))]
    public async Task SendAsync_ADeedAtTheResetBefore_NothingOfTheMessageIsSentUnlessItIsFine(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new ReplyWorld(mode, Place.Reset.Rule(fault), new SmtpPeerRule(SmtpPeerMoment.Recipient, new SmtpPeerAction.Reply("550 5.1.1 who?")) { Command = "*none@*" });
        var rented = await world.TakeAsync();
        Assert.Equal("Refused/Recipient; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(rented, "none")));

        var result = await world.RunAsync(ReplyWorld.SendAsync(rented, "a"), Place.Reset, fault);

        var stage = fault.Class == FaultClass.Extra ? "Mail" : "Reset";     // seen before MAIL is sent
        Assert.Equal(fault.Class == FaultClass.Fine ? "Accepted/EndOfData; -; Reusable" : $"Deferred/{stage}; {FailureOf(fault)}@{stage}; Broken", Rig.Describe(result));
        Assert.Equal(fault.Class == FaultClass.Fine ? 1 : 0, world.First.Messages.Count);
        Assert.Equal(fault.Class == FaultClass.Fine ? 2 : 1, world.First.Commands.Count(static command => command.StartsWith("MAIL", StringComparison.Ordinal)));
        await world.LeaveAsync(rented, fault.Class == FaultClass.Fine);
        await AssertNextAsync(world);
    }

    // Any answer in step says that the server is there.
    [Theory, MemberData(nameof(Cells))]
    public async Task ProbeAsync_ADeedAtNoop_InStepOrBroken(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new ReplyWorld(mode, Place.Noop.Rule(fault));
        var rented = await world.TakeAsync();
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(rented, "a")));

        var failure = await world.RunAsync(rented.Session!.ProbeAsync(Rig.Stop).AsTask(), Place.Noop, fault);

        var inStep = fault.Class is FaultClass.Fine or FaultClass.Later or FaultClass.Never;
        if (fault.Class != FaultClass.Extra)
            Assert.Equal(inStep ? null : $"{FailureOf(fault)}@Idle", failure is null ? null : $"{failure.Kind}@{failure.Stage}");
        await world.LeaveAsync(rented, inStep);
        await AssertNextAsync(world);
    }

    // Pipelined and by BDAT one reply too many cannot always be told apart (RFC 2920 §3.1): it may be seen only after all were taken.
    public static TheoryData<string, string> MailCells => CellsOf(static (mode, fault) => mode != "pipelined BDAT" || fault.Class != FaultClass.Extra);

    [Theory, MemberData(nameof(MailCells))]
    public async Task SendAsync_ADeedAtTheSecondMail_TheFirstMessageStaysDelivered(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new ReplyWorld(mode, Place.Mail.Rule(fault, 1));
        var rented = await world.TakeAsync();
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(rented, "a")));
        await world.LeaveAsync(rented, kept: true);
        rented = await world.TakeAsync();
        Assert.True(rented.IsReused);

        var result = await world.RunAsync(ReplyWorld.SendAsync(rented, "b", "c", "d"), Place.Mail, fault, 1);

        Assert.Equal(SessionReplyRules.Outcomes(Place.Mail, fault), result.Recipients.Select(static one => one.Outcome.ToString()));
        Assert.Equal(SessionReplyRules.Failure(Place.Mail, fault), result.ConnectionFailure?.Kind.ToString() ?? "-");
        Assert.Equal(1 + SessionReplyRules.Contents(Place.Mail, fault), world.First.Messages.Count);
        await world.LeaveAsync(rented, SessionReplyRules.IsKept(fault));
        await AssertNextAsync(world);
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task CloseAsync_ADeedAtQuit_ClosedAndWhatWasDeliveredStays(string mode, string does)
    {
        var fault = Fault.Named(does);
        await using var world = new ReplyWorld(mode, Place.Quit.Rule(fault));
        var rented = await world.TakeAsync();
        var session = rented.Session!;
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(rented, "a")));

        Assert.True(await world.RunAsync(CloseAsync(rented), Place.Quit, fault));

        Assert.Equal(SessionState.Broken, session.State);
        Assert.Equal("QUIT", world.First.Commands[^1]);
        Assert.Single(world.First.Messages);
        await world.LeaveAsync(rented, kept: false);
        await AssertNextAsync(world);
    }

    private static string FailureOf(Fault fault) => fault.Class is FaultClass.Later or FaultClass.Never ? "ProtocolViolation" : SessionReplyRules.Failure(Place.Reset, fault);

    private static async Task<bool> CloseAsync(SmtpPoolPlace place)
    {
        await place.CloseAsync(Rig.Stop);
        return place.Session is null;
    }

    private static async Task AssertNextAsync(ReplyWorld world)
    {
        var next = await world.TakeAsync();
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await ReplyWorld.SendAsync(next, "next").WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Rig.Stop)));
        await world.LeaveAsync(next, kept: true);
    }
}
