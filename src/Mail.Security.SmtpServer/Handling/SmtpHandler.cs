using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>What a server does with the mail offered to it. One handler serves a listener; its methods are called by many sessions at once.</summary>
/// <remarks>
/// Within a session calls never overlap. Each method may refuse with any 4xx or 5xx code; a refusal with code 421 also closes the
/// session. A method that throws is answered 451 4.3.0, logged, and the session goes on; when the client just connected, it is
/// greeted with 421. The token is cancelled when the call has used up <see cref="SmtpServerTimeouts.Handler"/>, or when the session
/// is aborted. Heed it: the session waits for the call to return, and a late answer is still sent but ends the session. A
/// method should not block its thread but return a task for what it waits for: the session sends the reply to the last message before it
/// waits for that task, and behind a method that blocks only when this has returned. What a listener to the token throws is dropped. A
/// <see cref="SmtpEnvelopeBuilder"/> belongs to the session, which fills it again for the next transaction: keep none. A
/// <see cref="SmtpEnvelope"/> never changes and may be kept.
/// </remarks>
public abstract class SmtpHandler
{
    /// <summary>
    /// A client connected; null greets it. A refusal is sent in place of the greeting: 421 closes, any other code leaves the client
    /// only QUIT (RFC 5321 §3.1). Under implicit TLS the handshake is over by now.
    /// </summary>
    public virtual ValueTask<SmtpRefusal?> OnConnectAsync(SmtpSessionInfo session, CancellationToken cancellationToken) => default;

    /// <summary>The client said EHLO or HELO; null accepts. After a refusal the session stays as it was (RFC 5321 §4.1.4).</summary>
    public virtual ValueTask<SmtpRefusal?> OnHelloAsync(SmtpSessionInfo session, CancellationToken cancellationToken) => default;

    /// <summary>
    /// VRFY (RFC 5321 §3.5): what is known of a mailbox. Null, the default, answers 252 2.5.0, which tells nothing to who collects
    /// addresses. An answer has a code 250 to 252, 4xx or 5xx.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="argument">What the client wrote: a name or an address, as UTF-8, unchecked, and maybe the word SMTPUTF8 behind it (RFC 6531 §3.7.4.2).</param>
    /// <param name="cancellationToken">Cancelled when the call takes too long.</param>
    public virtual ValueTask<SmtpReply?> OnVerifyAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => default;

    /// <summary>
    /// EXPN (RFC 5321 §3.5): who is on a list, one member a line. Null, the default, answers 502 5.5.1. An answer has a code 250 to 252, 4xx or 5xx.
    /// </summary>
    /// <inheritdoc cref="OnVerifyAsync"/>
    public virtual ValueTask<SmtpReply?> OnExpandAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => default;

    /// <summary>
    /// HELP (RFC 5321 §4.1.1.8), in ASCII. Null, the default, answers 214 with the commands. An answer has the code 211 or 214, 4xx or 5xx.
    /// </summary>
    /// <inheritdoc cref="OnVerifyAsync"/>
    /// <param name="session">The session.</param>
    /// <param name="argument">The word that help is wanted for, or empty.</param>
    /// <param name="cancellationToken">Cancelled when the call takes too long.</param>
    public virtual ValueTask<SmtpReply?> OnHelpAsync(SmtpSessionInfo session, string argument, CancellationToken cancellationToken) => default;

    /// <summary>
    /// The client has proven by AUTH who it is; null lets it in, with 235. A refusal, such as 535 5.7.8 or 454 4.7.0, leaves it out; one with a
    /// 5xx code counts as a failed login. Not called for a login that a proxy tells by XCLIENT. When this throws the answer is 454 4.7.0.
    /// </summary>
    /// <param name="session">The session, in which <see cref="SmtpSessionInfo.Authentication"/> is still null.</param>
    /// <param name="authentication">Who it is.</param>
    /// <param name="cancellationToken">Cancelled when the call takes too long.</param>
    public virtual ValueTask<SmtpRefusal?> OnAuthenticatedAsync(SmtpSessionInfo session, SmtpAuthentication authentication, CancellationToken cancellationToken) => default;

    /// <summary>MAIL with every parameter read into <paramref name="envelope"/>; null opens the transaction.</summary>
    public virtual ValueTask<SmtpRefusal?> OnMailAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, CancellationToken cancellationToken) => default;

    /// <summary>RCPT; null adds <paramref name="recipient"/>, which is not yet in <paramref name="envelope"/>. A refusal concerns this recipient only.</summary>
    public virtual ValueTask<SmtpRefusal?> OnRecipientAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, MailPath recipient, CancellationToken cancellationToken) => default;

    /// <summary>DATA or the first BDAT, with at least one recipient: says where the message goes, or refuses before any of it is taken.</summary>
    public abstract ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken);
}
