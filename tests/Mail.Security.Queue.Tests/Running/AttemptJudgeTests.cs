using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Delivery;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Queue.Tests;

/// <summary>What becomes of recipients, as a table and as a property.</summary>
public sealed class AttemptJudgeTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly RetrySchedule Schedule = new() { Jitter = 0 };

    [Theory]
    [InlineData(Disposition.Delivered, "2.0.0", 0, RecipientFate.Delivered, "2.0.0", null)]
    [InlineData(Disposition.Delivered, "2.0.0", 999, RecipientFate.Delivered, "2.0.0", null)]
    [InlineData(Disposition.Permanent, "5.7.30", 0, RecipientFate.Failed, "5.7.30", DsnAction.Failed)]
    [InlineData(Disposition.Transient, "4.7.5", 3, RecipientFate.Retry, "4.7.5", null)]
    [InlineData(Disposition.Transient, "4.7.5", 4, RecipientFate.Retry, "4.7.5", DsnAction.Delayed)]
    [InlineData(Disposition.Transient, "4.7.5", 120, RecipientFate.Failed, "4.7.5", DsnAction.Failed)]
    [InlineData(Disposition.Transient, "4.0.0", 120, RecipientFate.Failed, "4.4.7", DsnAction.Failed)]     // nothing better is known
    [InlineData(Disposition.Transient, "5.7.1", 120, RecipientFate.Failed, "4.4.7", DsnAction.Failed)]     // a class that contradicts the disposition
    [Trait("rfc", "3463#3.5")]
    public void Judge_OneRecipient_FateStatusAndWhatIsTold(Disposition disposition, string status, int hours, RecipientFate fate, string expected, DsnAction? told)
    {
        var verdict = Judge([disposition], status, hours, DelayNotice.NotSent);
        var completion = Assert.Single(verdict.Recipients);
        Assert.Equal((fate, expected), (completion.Outcome, completion.Status.ToString()));
        Assert.Equal(told, verdict.Told.Select(recipient => (DsnAction?)recipient.Action).SingleOrDefault());
        Assert.All(verdict.Told, recipient => Assert.Equal(expected, recipient.Status.ToString()));
        Assert.Equal(fate == RecipientFate.Retry, verdict.Next is not null);
    }

    [Fact]
    public void Judge_DelayToldBefore_NotToldAgain() =>
        Assert.Empty(Judge([Disposition.Transient], "4.4.1", 50, DelayNotice.Sent).Told);

    [Fact]
    public void Judge_Delay_PromisesWhatTheQueueDoes()
    {
        var verdict = Judge([Disposition.Transient], "4.4.1", 4, DelayNotice.NotSent);
        Assert.Equal(verdict.Next, verdict.Upcoming[0]);
        Assert.Equal(Schedule.Expiry(Received), verdict.Upcoming[^1]);
    }

    [Property(MaxTest = 300)]
    public Property Judge_AnyAttempt_EachRecipientOnceAndEveryFailureTold() => Prop.ForAll(
        Gen.NonEmptyListOf(Gen.Elements(Disposition.Transient, Disposition.Permanent, Disposition.Delivered)).ToArbitrary(),
        Gen.Choose(0, 200).ToArbitrary(),
        Gen.Elements(DelayNotice.NotSent, DelayNotice.Sent).ToArbitrary(),
        (dispositions, hours, notice) =>
        {
            var verdict = Judge([.. dispositions], "4.4.1", hours, notice);
            Assert.Equal(dispositions.Count, verdict.Recipients.Select(recipient => recipient.Recipient).Distinct().Count());
            Assert.Equal(
                verdict.Recipients.Where(recipient => recipient.Outcome == RecipientFate.Failed).Select(recipient => recipient.Recipient),
                verdict.Told.Where(recipient => recipient.Action == DsnAction.Failed).Select(recipient => recipient.Recipient));
            Assert.Equal(verdict.Next is not null, verdict.Recipients.Any(recipient => recipient.Outcome == RecipientFate.Retry));
            Assert.Equal(verdict.TellsDelay, verdict.Upcoming.Count > 0);
            Assert.DoesNotContain(verdict.Recipients, recipient => recipient.Outcome == RecipientFate.Retry && hours >= 120);
            Assert.Equal(dispositions.Count(disposition => disposition == Disposition.Delivered), verdict.Recipients.Count(recipient => recipient.Outcome == RecipientFate.Delivered));
        });

    private static AttemptVerdict Judge(IReadOnlyList<Disposition> dispositions, string status, int hours, DelayNotice notice)
    {
        var paths = dispositions.Select((_, index) => MailPath.Parse($"r{index}@one.example")).ToList();
        Assert.True(EnhancedStatus.TryParse(status, out var parsed));
        var lease = new QueueLease
        {
            Token = Guid.NewGuid(), MessageId = new QueueMessageId(1), Domain = paths[0].RecipientDomain!.Value, Received = Received, Attempt = 5, Expires = Received,
            Content = new BytesContent(default), DelayNotice = notice,
            Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("a@sender.example"), Recipients = [.. paths.Select(path => new SmtpRecipient(path))] },
        };
        var reports = dispositions.Select((disposition, index) => new RecipientReport { Recipient = paths[index], Disposition = disposition, Status = parsed, Sentence = "why" });
        return new AttemptJudge(Schedule).Judge(lease, new AttemptResult(Received, [.. reports], ""), Received.AddHours(hours), 0.5);
    }
}
