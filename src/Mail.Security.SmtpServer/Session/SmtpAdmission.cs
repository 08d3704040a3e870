using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Lets a listener judge the client of a session when a trusted proxy tells who it is, and before it logs in.</summary>
/// <remarks>
/// A listener counts a connection by its address when it accepts it. Behind a proxy that is the proxy's; whose it really is turns out here. And only a
/// listener sees the logins of all its sessions, which one that is tried by many sessions is known by.
/// </remarks>
public abstract class SmtpAdmission
{
    /// <summary>
    /// A PROXY header or XCLIENT told that the client is <see cref="SmtpSessionInfo.RemoteAddress"/>; called before the session is greeted
    /// (again), and before a TLS handshake that comes first. Null goes on. A refusal is sent in place of the greeting, with code 421 and this host's name, and closes the
    /// session; where TLS comes first and has not come there is nobody to say it to.
    /// </summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    public abstract SmtpRefusal? Judge(SmtpSessionInfo session);

    /// <summary>
    /// The client wants to log in; called before anything is asked of the store of accounts or computed. Null, which is what it returns unless overridden, goes on. A refusal is sent in place of a challenge
    /// and is neither an error of the session nor a failed login; code 421 closes the session.
    /// </summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    public virtual SmtpRefusal? BeginLogin(SmtpSessionInfo session) => null;

    /// <summary>A login that <see cref="BeginLogin"/> let begin is over; called once for each, however it ended.</summary>
    /// <param name="session">The session; its client is still the one that began. It must return at once and not throw.</param>
    /// <param name="outcome">What came of it.</param>
    public virtual void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome)
    {
    }
}
