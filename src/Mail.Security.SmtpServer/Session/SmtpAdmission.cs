using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Lets a listener judge the client of a session when a trusted proxy tells who it is.</summary>
/// <remarks>A listener counts a connection by its address when it accepts it. Behind a proxy that is the proxy's; whose it really is turns out here.</remarks>
public abstract class SmtpAdmission
{
    /// <summary>
    /// A PROXY header or XCLIENT told that the client is <see cref="SmtpSessionInfo.RemoteAddress"/>; called before the session is greeted
    /// (again), and before a TLS handshake that comes first. Null goes on. A refusal is sent in place of the greeting, with code 421 and this host's name, and closes the
    /// session; where TLS comes first and has not come there is nobody to say it to.
    /// </summary>
    /// <param name="session">The session. It must return at once and not throw.</param>
    public abstract SmtpRefusal? Judge(SmtpSessionInfo session);
}
