using FsCheck.Xunit;
using Mail.Security.Smtp;

namespace Mail.Security.Delivery.Tests;

public sealed class RecipientBoardTests
{
    private static readonly DomainName Host = DomainName.Parse("mx.a.test");
    private static readonly DomainName Domain = DomainName.Parse("a.test");

    // Each number is one host's failure: odd ones permanent; a third have a reply, a third are about TLS.
    [Property]
    public bool Seal_AnyFailures_PermanentOnlyWhenAllAre(byte[] failures)
    {
        var board = new RecipientBoard([new SmtpRecipient(MailPath.Parse("to@a.test"))]);
        foreach (var failure in failures)
            board.NoteAll(Failure(failure));

        var report = board.Seal(Domain)[0];

        var permanent = failures.Length > 0 && failures.All(failure => failure % 2 == 1);
        return report.Disposition == (permanent ? Disposition.Permanent : Disposition.Transient)
            && report.Status.Class == (permanent ? 5 : 4)
            && (report.RemoteReply is null || failures.Any(failure => failure % 2 == (permanent ? 1 : 0) && failure % 3 == 0));
    }

    // Whatever comes afterwards, who was delivered stays delivered, under every mention of his.
    [Property]
    public bool Deliver_ThenAnything_StaysDelivered(byte[] before, byte[] after)
    {
        var board = new RecipientBoard([.. new[] { "x@a.test", "to@a.test", "to@A.TEST", "x@a.test" }.Select(path => new SmtpRecipient(MailPath.Parse(path)))]);
        foreach (var failure in before)
            board.NoteAll(Failure(failure));
        board.Deliver(1, Host, new SmtpReply(250, null, ["ok"]));
        foreach (var failure in after)
            board.NoteAll(Failure(failure));
        if (after.Length > 0)
            board.Settle(1, Failure(after[0]));

        var open = board.Open;
        var reports = board.Seal(Domain);

        return open.Count == 1 && open[0].Index == 0
            && reports.Select(report => report.Disposition == Disposition.Delivered).SequenceEqual([false, true, true, false])
            && reports[0] == reports[3];
    }

    private static HostFailure Failure(byte number)
    {
        var permanent = number % 2 == 1;
        var failure = new DeliveryFailure("x", permanent ? Disposition.Permanent : Disposition.Transient, new EnhancedStatus(permanent ? (byte)5 : (byte)4, 0, 0),
            number % 3 == 1 ? TlsFailureType.ValidationFailure : TlsFailureType.None, "x");
        return new HostFailure(number % 5 == 0 ? default : Host, failure, number % 3 == 0 ? new SmtpReply(permanent ? 550 : 450, null, ["x"]) : null);
    }
}
