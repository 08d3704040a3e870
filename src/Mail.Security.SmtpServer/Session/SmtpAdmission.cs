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
    /// The client wants to log in, or to go on with it; called before each step of a login, before anything is asked of the store of accounts or computed. Null, which is
    /// what it returns unless overridden, goes on. A refusal is sent in place of a challenge, ends the login and is neither an error of the session nor a failed login; code 421 closes the session.
    /// </summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    public virtual SmtpRefusal? BeginLogin(SmtpSessionInfo session) => null;

    /// <summary>The client told its name; called before the store of accounts is asked for it. Null goes on; a refusal is as that of <see cref="BeginLogin"/>.</summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    /// <param name="userName">The name, as prepared; of any length and kind the client likes.</param>
    public virtual SmtpRefusal? JudgeLogin(SmtpSessionInfo session, string userName) => null;

    /// <summary>
    /// A step that <see cref="BeginLogin"/> let begin is over; called once for each, however it ended, and before the client is sent anything: no client holds a step up by not
    /// reading or not answering.
    /// </summary>
    /// <param name="session">The session; its client is still the one that began. It must return at once and not throw.</param>
    /// <param name="outcome">What came of the login; undecided as long as there are steps to come.</param>
    /// <param name="userName">The name that was tried; null when it is not known.</param>
    public virtual void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome, string? userName)
    {
    }

    /// <summary>
    /// The client broke a login off between two steps, after the store of accounts was asked for its name: it gave up, sent what is no response, took too long or went away.
    /// Counts as a failed login. A session that is shut down breaks nothing off.
    /// </summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    /// <param name="userName">The name that was tried.</param>
    public virtual void AbandonLogin(SmtpSessionInfo session, string userName)
    {
    }
}
