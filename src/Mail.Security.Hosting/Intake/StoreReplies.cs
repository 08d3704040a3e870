using Mail.Security.Queue;
using Mail.Security.Smtp;

namespace Mail.Security.Hosting;

/// <summary>What a client is told when its message could not be queued: always to come again, since nothing was kept.</summary>
internal static class StoreReplies
{
    // RFC 3463 §3.4: mail system full, and other or undefined trouble of the mail system.
    public static readonly SmtpRefusal NoRoom = new(452, new(4, 3, 1), "Insufficient storage, try again later");
    public static readonly SmtpRefusal NotNow = new(451, new(4, 3, 0), "The message cannot be stored now, try again later");

    public static SmtpRefusal For(StoreFailure reason) => reason == StoreFailure.Full ? NoRoom : NotNow;
}
