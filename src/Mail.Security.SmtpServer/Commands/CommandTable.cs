using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Says what a command means in the state the session is in (RFC 5321 §4.1.4, §4.3.2). No I/O.</summary>
internal static class CommandTable
{
    public static Decision Decide(in SmtpCommand command, SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (command.Verb == SmtpVerb.Unknown && ForeignProtocol.IsHttp(command.Keyword))
            return new Decision(SessionAction.NotSmtp, command.Verb) { Reply = Replies.NotSmtp };
        if (command.Verb == SmtpVerb.Bdat)
            return BdatCommand.Decide(command, state, session, options);
        if (state.Service == Service.Refused && command.Verb != SmtpVerb.Quit)
            return Decision.Answer(command.Verb, Replies.NotServed);
        if (NeedsTls(command.Verb, session, options))
            return Decision.Answer(command.Verb, Replies.TlsRequired);
        if (AuthCommand.IsNeeded(command.Verb, session, options))
            return Decision.Answer(command.Verb, Replies.AuthRequired);
        if (!TakesUtf8(command.Verb) && !(Ascii.IsValid(command.Keyword) && Ascii.IsValid(command.Argument)))
            return Decision.Answer(command.Verb, Replies.EightBitCommand);

        return command.Verb switch
        {
            SmtpVerb.Ehlo => Hello(command, SmtpHello.Ehlo),
            SmtpVerb.Helo => Hello(command, SmtpHello.Helo),
            SmtpVerb.Mail => Mail(command, state, session, options),
            SmtpVerb.Rcpt => Recipient(command, state, session, options),
            SmtpVerb.Data => Data(command, state),
            SmtpVerb.Rset => Bare(command, new Decision(SessionAction.Reset, command.Verb) { Reply = Replies.Ok }),
            SmtpVerb.Quit => Bare(command, new Decision(SessionAction.Quit, command.Verb) { Reply = Replies.Bye }),
            SmtpVerb.StartTls => StartTls(command, session, options),
            SmtpVerb.Noop => Decision.Answer(command.Verb, Replies.Ok),
            SmtpVerb.Help => Inquiry(command, Replies.Help),
            SmtpVerb.Vrfy => command.Argument.IsEmpty ? Decision.Answer(command.Verb, Replies.VrfySyntax) : Inquiry(command, Replies.CannotVerify),
            SmtpVerb.Expn => command.Argument.IsEmpty ? Decision.Answer(command.Verb, Replies.ExpnSyntax) : Inquiry(command, Replies.NotImplemented),
            SmtpVerb.Auth => AuthCommand.Decide(command, state, session, options),
            SmtpVerb.Unknown when Ascii.EqualsIgnoreCase(command.Keyword, "XCLIENT"u8) => XclientCommand.Decide(command, state),
            _ => Decision.Answer(command.Verb, ForeignProtocol.IsFormerSmtp(command.Keyword) ? Replies.NotImplemented : Replies.Unrecognized),
        };
    }

    // RFC 3207 §4: a server that requires TLS serves only these in clear.
    public static bool NeedsTls(SmtpVerb verb, SmtpSessionInfo session, SmtpServerOptions options) =>
        options.Tls?.Requirement == TlsRequirement.Required && session.Tls is null
        && verb is not (SmtpVerb.Noop or SmtpVerb.Ehlo or SmtpVerb.StartTls or SmtpVerb.Quit or SmtpVerb.Unknown);

    // RFC 6531 §3.1: addresses appear in these four.
    private static bool TakesUtf8(SmtpVerb verb) => verb is SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Vrfy or SmtpVerb.Expn;

    // RFC 5321 §4.1.1.1: some clients send a remark behind the name, and servers had better bear it.
    private static Decision Hello(in SmtpCommand command, SmtpHello hello)
    {
        var space = command.Argument.IndexOf((byte)' ');
        var name = space < 0 ? command.Argument : command.Argument[..space];
        return HelloName.IsUsable(name)
            ? new Decision(SessionAction.Hello, command.Verb) { Hello = hello, Name = Encoding.ASCII.GetString(name) }
            : Decision.Answer(command.Verb, Replies.BadHello);
    }

    private static Decision Mail(in SmtpCommand command, SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (session.Hello == SmtpHello.None)
            return Decision.Answer(command.Verb, Replies.HelloFirst);
        if (state.Envelope is not null)
            return Decision.Answer(command.Verb, Replies.NestedMail);
        var envelope = state.NewEnvelope();
        return MailCommand.Read(command.Argument, session, options, envelope, state.Paths) is { } refusal
            ? Decision.Answer(command.Verb, refusal)
            : new Decision(SessionAction.Mail, command.Verb) { Envelope = envelope };
    }

    private static Decision Recipient(in SmtpCommand command, SessionState state, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (state.Envelope is not { } envelope)
            return Decision.Answer(command.Verb, session.Hello == SmtpHello.None ? Replies.HelloFirst : Replies.MailFirst);
        if (state.Progress == MessageProgress.Chunks)
            return Decision.Answer(command.Verb, Replies.InsideChunks);
        if (envelope.Recipients.Count >= options.MaxRecipients)
            return Decision.Answer(command.Verb, Replies.TooManyRecipients);     // RFC 5321 §4.5.3.1.10
        if (RcptCommand.Read(command.Argument, session, options, envelope, state.Paths, out var recipient) is { } refusal)
            return Decision.Answer(command.Verb, refusal);
        return options.MaxRecipientDomains > 0 && state.RecipientDomains.Count >= options.MaxRecipientDomains && !state.RecipientDomains.Contains(recipient!.Path.DomainText())
            ? Decision.Answer(command.Verb, Replies.TooManyDomains)
            : new Decision(SessionAction.Recipient, command.Verb) { Recipient = recipient };
    }

    private static Decision Data(in SmtpCommand command, SessionState state)
    {
        if (!command.Argument.IsEmpty)
            return Decision.Answer(command.Verb, Replies.NoArguments);
        if (state.Envelope is not { } envelope)
            return Decision.Answer(command.Verb, Replies.MailFirst);
        if (state.Progress == MessageProgress.Chunks)
            return Decision.Answer(command.Verb, Replies.InsideChunks);           // RFC 3030 §2
        if (envelope.Body == BodyType.BinaryMime)
            return Decision.Answer(command.Verb, Replies.BinaryByData);           // RFC 3030 §3
        return envelope.Recipients.Count == 0                                     // RFC 5321 §3.3
            ? Decision.Answer(command.Verb, Replies.NoRecipients)
            : new Decision(SessionAction.Data, command.Verb);
    }

    private static Decision StartTls(in SmtpCommand command, SmtpSessionInfo session, SmtpServerOptions options)
    {
        if (!command.Argument.IsEmpty)
            return Decision.Answer(command.Verb, Replies.NoArguments);
        if (session.Tls is not null)
            return Decision.Answer(command.Verb, Replies.TlsAlready);
        return options.Tls is null
            ? Decision.Answer(command.Verb, Replies.NotImplemented)
            : new Decision(SessionAction.StartTls, command.Verb);
    }

    private static Decision Inquiry(in SmtpCommand command, ServerReply otherwise) =>
        new(SessionAction.Inquire, command.Verb) { Name = Encoding.UTF8.GetString(command.Argument), Reply = otherwise };

    // RFC 5321 §4.1.1: arguments of these commands are invalid syntax.
    private static Decision Bare(in SmtpCommand command, Decision decision) =>
        command.Argument.IsEmpty ? decision : Decision.Answer(command.Verb, Replies.NoArguments);
}
