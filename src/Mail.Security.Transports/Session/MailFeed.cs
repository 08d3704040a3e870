namespace Mail.Security.Transports;

/// <summary>Where a session gets one message after the other from, and says what became of each: <see cref="SmtpClientSession.SendAllAsync"/>.</summary>
/// <remarks>
/// The session asks for the next message just before it ends the one it is sending, so that the next envelope can go together with the final
/// dot (RFC 2920 §3.1): a message costs one round trip then, and not two. Both methods are called by one thread at a time, must not wait, and
/// must not use the session.
/// </remarks>
public abstract class MailFeed
{
    /// <summary>Gives the next message.</summary>
    /// <param name="item">The message; it is the session's until <see cref="OnEnded"/> hands it back.</param>
    /// <returns>False when there is none right now: the session comes to an end of its work then.</returns>
    public abstract bool TryTake(out MailItem item);

    /// <summary>Tells what became of a message: once for each that was taken, in order, unless the session throws.</summary>
    /// <param name="item">The message.</param>
    /// <param name="report">What became of it; good until this method returns.</param>
    public abstract void OnEnded(in MailItem item, TransactionReport report);
}
