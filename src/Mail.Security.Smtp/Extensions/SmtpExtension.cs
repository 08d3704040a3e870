namespace Mail.Security.Smtp;

/// <summary>
/// One SMTP service extension, for both ends (RFC 5321 §2.2): a server session asks it what to announce and what parameters mean; a
/// client session asks it whether an envelope may go, and with which parameters. One object serves all connections: keep no state
/// of a connection in it. Calls come from many threads.
/// </summary>
public abstract class SmtpExtension
{
    /// <summary>The EHLO keyword, in upper case.</summary>
    public abstract string Keyword { get; }

    /// <summary>Server: the line to announce, or null when the extension is not offered in this state of the connection.</summary>
    public virtual string? GetEhloLine(SmtpChannel channel) => Keyword;

    /// <summary>Server: called for each parameter of MAIL that the session does not know itself.</summary>
    /// <param name="channel">The connection now.</param>
    /// <param name="parameter">The parameter, with correct syntax and not repeated.</param>
    /// <param name="envelope">The envelope to note it in.</param>
    /// <param name="refusal">The reply when the result is <see cref="SmtpParameterHandling.Refused"/>.</param>
    /// <returns>What was done with the parameter.</returns>
    public virtual SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        refusal = default;
        return SmtpParameterHandling.NotMine;
    }

    /// <summary>Server: called for each parameter of RCPT that the session does not know itself.</summary>
    /// <inheritdoc cref="OnMailParameter"/>
    public virtual SmtpParameterHandling OnRcptParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        refusal = default;
        return SmtpParameterHandling.NotMine;
    }

    /// <summary>Server: called once for each MAIL when every parameter was accepted. Returns the reply that refuses it, or null.</summary>
    public virtual SmtpRefusal? OnMailCommand(SmtpChannel channel, SmtpEnvelopeBuilder envelope) => null;

    /// <summary>Client: called before MAIL is written.</summary>
    /// <param name="channel">The connection now.</param>
    /// <param name="peer">What the server announced in its last answer to EHLO.</param>
    /// <param name="envelope">The envelope to send.</param>
    /// <param name="mailParameters">Add the extension's own parameters here.</param>
    /// <returns>Whether the envelope may go.</returns>
    public virtual SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters) =>
        SmtpClientGate.Proceed.Instance;
}
