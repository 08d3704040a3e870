using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads AUTH and says whether it is in its place (RFC 4954 §4). No I/O.</summary>
internal static class AuthCommand
{
    private const int MaxMechanism = 20;        // RFC 4422 §3.1
    private const int MaxMailbox = 320;         // RFC 5321 §4.5.3.1.1, §4.5.3.1.2: 64, "@" and 255

    public static Decision Decide(in SmtpCommand command, SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (options.Authentication is not { } authentication)
            return Decision.Answer(command.Verb, Replies.NotImplemented);
        if (OutOfPlace(state, session, authentication) is { } misplaced)
            return Decision.Answer(command.Verb, misplaced);

        var argument = command.Argument;
        var space = argument.IndexOf((byte)' ');
        var name = space < 0 ? argument : argument[..space];
        var response = space < 0 ? default : argument[space..].TrimStart((byte)' ');
        if (name.IsEmpty || response.Contains((byte)' '))
            return Decision.Answer(command.Verb, Replies.AuthSyntax);
        var mechanism = name.Length > MaxMechanism ? "" : Encoding.ASCII.GetString(name);
        if (!Offer(state, session, options).Contains(mechanism, StringComparer.OrdinalIgnoreCase))
            return Decision.Answer(command.Verb, Replies.MechanismNotOffered);
        var decision = new Decision(SessionAction.Authenticate, command.Verb) { Name = mechanism };
        if (response.IsEmpty)
            return decision;
        if (response.SequenceEqual("="u8))      // a response that is there and holds nothing
            return decision with { Response = [] };
        return AuthLine.TryDecode(response, out var data)
            ? decision with { Response = data }
            : Decision.Answer(command.Verb, Replies.BadBase64);
    }

    /// <summary>The mechanisms to offer in the state the channel is in.</summary>
    public static IReadOnlyList<string> Offer(SessionState state, SmtpSessionInfo session, SmtpServerOptions options) =>
        CommandTable.NeedsTls(SmtpVerb.Auth, session, options) ? [] : options.Authentication?.Factory.Offer(state.SaslChannel) ?? [];

    /// <summary>Whether a command waits for a login. RFC 4954 §6 leaves AUTH, EHLO, HELO, NOOP, RSET and QUIT free; STARTTLS and HELP ask for nothing either.</summary>
    public static bool IsNeeded(SmtpVerb verb, SmtpSessionInfo session, SmtpServerOptions options) =>
        options.Authentication?.Requirement == AuthenticationRequirement.Required && session.Authentication is null
        && verb is SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Data or SmtpVerb.Bdat or SmtpVerb.Vrfy or SmtpVerb.Expn;

    /// <summary>
    /// Reads the AUTH parameter of MAIL (RFC 4954 §5), which must be understood wherever AUTH is offered. It is believed of a client that names
    /// itself or is trusted with it; of any other it is as good as "&lt;&gt;".
    /// </summary>
    public static ServerReply? ReadParameter(SmtpParameter parameter, SmtpSessionInfo session, SmtpServerAuthentication authentication, SmtpEnvelopeBuilder envelope, KnownPaths paths)
    {
        Span<byte> decoded = stackalloc byte[MaxMailbox];
        if (parameter.Value.Length > 3 * MaxMailbox || !Xtext.TryDecode(parameter.Value, decoded, out var length) || length == 0)
            return Replies.BadSubmitter;
        var mailbox = decoded[..length];
        if (mailbox.SequenceEqual("<>"u8))
        {
            envelope.Submitter = MailPath.Null;
            return null;
        }
        if (!Ascii.IsValid(mailbox) || mailbox[0] == (byte)'@' || !paths.TryParse(mailbox, out var submitter) || submitter.IsNull || submitter.IsBarePostmaster)
            return Replies.BadSubmitter;
        envelope.Submitter = session.Mailbox == submitter || IsTrusted(session.Authentication, authentication) ? submitter : MailPath.Null;
        return null;
    }

    // RFC 4954 §5: the authenticated identity is the one that was authorised.
    private static bool IsTrusted(SmtpAuthentication? client, SmtpServerAuthentication authentication) =>
        client is not null && authentication.TrustedSubmitters.Contains(client.AuthorizationIdentity, StringComparer.Ordinal);

    private static ServerReply? OutOfPlace(SessionState state, SmtpSessionInfo session, SmtpServerAuthentication authentication)
    {
        if (session.Hello != SmtpHello.Ehlo)
            return session.Hello == SmtpHello.None ? Replies.HelloFirst : Replies.AuthNeedsEhlo;
        if (state.Envelope is not null)
            return Replies.AuthInsideTransaction;
        if (session.Authentication is not null)
            return Replies.AuthAlready;
        return state.FailedLogins >= authentication.MaxFailures ? Replies.TooManyFailedLogins : null;
    }
}
