using Mail.Security.Delivery;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Queue.Tests;

/// <summary>What the sender asked for: of what to be told (RFC 3461), and by when to deliver (RFC 2852).</summary>
public sealed class AttemptJudgeWishTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly RetrySchedule Schedule = new() { Jitter = 0 };

    [Theory]
    [InlineData(DsnNotify.Unspecified, "failed delayed relayed")]         // a relay is owed only where it was asked for, or by a time
    [InlineData(DsnNotify.Never, "- - -")]
    [InlineData(DsnNotify.Failure, "failed - relayed")]
    [InlineData(DsnNotify.Delay, "- delayed relayed")]
    [InlineData(DsnNotify.Success, "- - relayed")]
    [InlineData(DsnNotify.Success | DsnNotify.Failure, "failed - relayed")]
    [InlineData(DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay, "failed delayed relayed")]
    [Trait("rfc", "3461#5.2.2"), Trait("rfc", "3461#5.2.5"), Trait("rfc", "3461#5.2.6")]
    public void Judge_Notify_ToldOfNothingElse(DsnNotify notify, string expected)
    {
        var told = new[] { Disposition.Permanent, Disposition.Transient, Disposition.Delivered }.Select(disposition =>
        {
            var verdict = Judge(disposition, 4, notify, owes: true);
            Assert.Equal(disposition switch { Disposition.Permanent => RecipientFate.Failed, Disposition.Transient => RecipientFate.Retry, _ => RecipientFate.Delivered }, Assert.Single(verdict.Recipients).Outcome);
            return verdict.Told.SingleOrDefault()?.Action.ToString().ToLowerInvariant() ?? "-";
        });
        Assert.Equal(expected, string.Join(' ', told));
    }

    [Fact]
    public void Judge_DeliveredToWhoTells_NothingIsTold() =>
        Assert.Empty(Judge(Disposition.Delivered, 1, DsnNotify.Success, owes: false).Told);

    [Theory]
    [InlineData(DeliverByMode.Return, 1, Disposition.Transient, RecipientFate.Retry, "4.4.1", "-")]
    [InlineData(DeliverByMode.Return, 2, Disposition.Transient, RecipientFate.Failed, "5.4.7", "failed 5.4.7")]
    [InlineData(DeliverByMode.Return, 9, Disposition.Transient, RecipientFate.Failed, "5.4.7", "failed 5.4.7")]
    [InlineData(DeliverByMode.Return, 9, Disposition.Delivered, RecipientFate.Delivered, "4.4.1", "-")]      // at the last moment
    [InlineData(DeliverByMode.Notify, 1, Disposition.Transient, RecipientFate.Retry, "4.4.1", "-")]
    [InlineData(DeliverByMode.Notify, 2, Disposition.Transient, RecipientFate.Retry, "4.4.1", "delayed 4.4.7")]
    [InlineData(DeliverByMode.Notify, 121, Disposition.Transient, RecipientFate.Failed, "4.4.1", "failed 4.4.1")]
    [Trait("rfc", "2852#4.1.2"), Trait("rfc", "2852#4.1.3")]
    public void Judge_TimeToDeliverBy_ReturnedOrTold(DeliverByMode mode, int hours, Disposition disposition, RecipientFate fate, string status, string told)
    {
        var verdict = Judge(disposition, hours, DsnNotify.Unspecified, owes: false, new DeliverBy(Received.AddHours(2), mode, DeliverByTrace.Off));
        var completion = Assert.Single(verdict.Recipients);
        Assert.Equal((fate, status), (completion.Outcome, completion.Status.ToString()));
        Assert.Equal(told, verdict.Told.Select(one => $"{one.Action.ToString().ToLowerInvariant()} {one.Status}").SingleOrDefault() ?? "-");
        Assert.Equal(fate == RecipientFate.Retry, verdict.Next is not null);
        // At that instant there is something to do.
        if (hours < 2)
            Assert.Equal(Received.AddHours(2), verdict.Next);
    }

    [Theory]                                                    // named later than the usual notice: the sender hears of it then, and not before
    [InlineData(5, "-")]
    [InlineData(10, "delayed")]
    public void Judge_TimeAfterTheUsualNotice_ToldThen(int hours, string told) =>
        Assert.Equal(told, Judge(Disposition.Transient, hours, DsnNotify.Unspecified, owes: false, new DeliverBy(Received.AddHours(10), DeliverByMode.Notify, DeliverByTrace.Off))
            .Told.SingleOrDefault()?.Action.ToString().ToLowerInvariant() ?? "-");

    [Theory]                                                    // what is promised ends where the sender's time does
    [InlineData(DeliverByMode.Return, 30, 30)]
    [InlineData(DeliverByMode.Return, 999, 120)]
    [InlineData(DeliverByMode.Notify, 5, 120)]
    [Trait("rfc", "2852#4.1.3"), Trait("rfc", "3464#2.3.9")]
    public void Judge_DelayedWithATimeToDeliverBy_PromisesNoMoreThanThat(DeliverByMode mode, int by, int end)
    {
        var upcoming = Judge(Disposition.Transient, 5, DsnNotify.Unspecified, owes: false, new DeliverBy(Received.AddHours(by), mode, DeliverByTrace.Off)).Upcoming;
        Assert.Equal(Received.AddHours(end), upcoming[^1]);
        Assert.Equal(upcoming.Distinct().Order(), upcoming);
        Assert.Equal(Received.AddHours(9), upcoming[0]);
    }

    [Theory]
    [InlineData(DsnNotify.Never, DsnNotify.Failure, "failed -")]
    [InlineData(DsnNotify.Failure, DsnNotify.Delay, "failed delayed")]
    [InlineData(DsnNotify.Success, DsnNotify.Unspecified, "failed delayed")]
    [InlineData(DsnNotify.Never, DsnNotify.Never, "- -")]
    [Trait("rfc", "3461#4.1")]
    public void Judge_RecipientNamedTwice_ToldOfWhatEitherAskedFor(DsnNotify first, DsnNotify second, string expected) =>
        Assert.Equal(expected, string.Join(' ', new[] { Disposition.Permanent, Disposition.Transient }.Select(disposition =>
            Judge(disposition, 4, first, owes: false, again: second).Told.SingleOrDefault()?.Action.ToString().ToLowerInvariant() ?? "-")));

    [Theory]
    [InlineData(DsnNotify.Never, 4, true)]
    [InlineData(DsnNotify.Failure, 4, true)]
    [InlineData(DsnNotify.Failure, 3, false)]
    [InlineData(DsnNotify.Delay, 4, false)]
    public void Judge_NoticeDueAndNotWanted_Settled(DsnNotify notify, int hours, bool settled) =>
        Assert.Equal(settled, Judge(Disposition.Transient, hours, notify, owes: false).HasNoDelayToTell);

    [Fact]
    public void Judge_OriginalRecipient_IsNamedInTheNotice() =>
        Assert.Equal("rfc822;B@One.example", Assert.Single(Judge(Disposition.Permanent, 0, DsnNotify.Failure, owes: false).Told).OriginalRecipient?.ToString());

    private static AttemptVerdict Judge(Disposition disposition, int hours, DsnNotify notify, bool owes, DeliverBy? by = null, DsnNotify? again = null)
    {
        var path = MailPath.Parse("b@one.example");
        var lease = new QueueLease
        {
            Token = Guid.NewGuid(), MessageId = new QueueMessageId(1), Domain = path.RecipientDomain!.Value, Received = Received, Attempt = 5, Expires = Received, Content = new BytesContent(default),
            Envelope = new SmtpEnvelope
            {
                ReversePath = MailPath.Parse("a@sender.example"), DeliverBy = by,
                Recipients =
                [
                    new SmtpRecipient(path) { Notify = notify, OriginalRecipient = new OriginalRecipient("rfc822", "B@One.example") },
                    .. again is { } other ? (SmtpRecipient[])[new SmtpRecipient(path) { Notify = other }] : [],
                ],
            },
        };
        var report = new RecipientReport { Recipient = path, Disposition = disposition, Status = new EnhancedStatus(4, 4, 1), Sentence = "why", OwesRelayedDsn = owes };
        return new AttemptJudge(Schedule).Judge(lease, new AttemptResult(Received, [report], ""), Received.AddHours(hours), 0.5);
    }
}
