using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>The report that is used again and again says the same as the result that is made for one message.</summary>
public sealed class TransactionReportTests
{
    [Fact]
    public async Task SendIntoAsync_SameReportForMany_EachTimeOnlyTheLast()
    {
        var options = new MailExchangerOptions().On(SmtpPeerMoment.Recipient, "*none@*", "550-5.1.1 no\n550 5.1.1 such user").On(SmtpPeerMoment.Recipient, "*later@*", "451 4.2.1 later");
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer);
        var report = new TransactionReport();

        await session.SendIntoAsync(new MailItem(Rig.Envelope("a@mx.test", "none@mx.test", "later@mx.test", "b@mx.test"), Rig.Content), report, Rig.Stop);
        Assert.Equal("Accepted/EndOfData Refused/Recipient Deferred/Recipient Accepted/EndOfData; -; Reusable", Rig.Describe(report.ToResult()));
        Assert.Equal((4, 2), (report.Count, report.Accepted));
        Assert.Equal([250, 550, 451, 250], Enumerable.Range(0, 4).Select(report.ReplyCodeOf));
        Assert.Equal([DeliveryOutcome.Accepted, DeliveryOutcome.Refused, DeliveryOutcome.Deferred, DeliveryOutcome.Accepted], Enumerable.Range(0, 4).Select(report.OutcomeOf));
        Assert.Equal([SmtpStage.EndOfData, SmtpStage.Recipient, SmtpStage.Recipient, SmtpStage.EndOfData], Enumerable.Range(0, 4).Select(report.StageOf));
        Assert.Equal("550 5.1.1 no such user", report.ToOutcome(1).Detail);
        Assert.Same(report.ToOutcome(0).Reply, report.ToOutcome(0).Reply);

        await session.SendIntoAsync(new MailItem(Rig.Envelope("c@mx.test"), Rig.Content), report, Rig.Stop);
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(report.ToResult()));
        Assert.Throws<ArgumentOutOfRangeException>(() => report.OutcomeOf(1));
        Assert.Equal("c@mx.test", report.ToOutcome(0).Path.ToString());
    }

    [Fact]
    public async Task SendIntoAsync_ConnectionLost_CodeIsThatOfTheFailure()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions().On(SmtpPeerMoment.Data, new SmtpPeerAction.ReplyAndClose("421 4.3.2 closing")));
        await using var session = await Rig.OpenAsync(peer);
        var report = new TransactionReport();

        await session.SendIntoAsync(new MailItem(Rig.Envelope("a@mx.test"), Rig.Content), report, Rig.Stop);

        Assert.Equal((421, SmtpStage.Data, SessionState.Broken), (report.ReplyCodeOf(0), report.StageOf(0), report.State));
        Assert.Equal(SessionFailureKind.Refused421, report.ConnectionFailure?.Kind);
    }
}
