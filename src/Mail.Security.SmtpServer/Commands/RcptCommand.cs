using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads RCPT (RFC 5321 §4.1.1.3). Its parameters are those of DSN (RFC 3461 §4.1, §4.2), where it is offered, and of extensions.</summary>
internal static class RcptCommand
{
    /// <summary>Returns null and the recipient when the command is in order, else the reply.</summary>
    public static ServerReply? Read(
        ReadOnlySpan<byte> argument, SmtpSessionInfo session, SmtpServerOptions options, SmtpEnvelopeBuilder envelope, KnownPaths paths, out SmtpRecipient? recipient)
    {
        recipient = null;
        if (!PathCommandReader.TryReadRcpt(argument, out var path, out var parameters, out var fault))
            return MailCommand.ReplyFor(fault, Replies.RcptSyntax);
        if (parameters.Count > 0 && session.Hello != SmtpHello.Ehlo)
            return Replies.ParametersNeedEhlo;
        if (!envelope.SmtpUtf8 && !Ascii.IsValid(path))
            return Replies.RecipientNotAscii;
        if (!paths.TryParse(path, out var mailbox) || mailbox.IsNull)
            return Replies.BadRecipient;
        var one = paths.RecipientOf(mailbox);
        foreach (var parameter in parameters)
        {
            if (ReadParameter(parameter, session.Channel, options, envelope, ref one) is { } refusal)
                return refusal;
        }
        recipient = one;
        return null;
    }

    private static ServerReply? ReadParameter(SmtpParameter parameter, SmtpChannel channel, SmtpServerOptions options, SmtpEnvelopeBuilder envelope, ref SmtpRecipient recipient)
    {
        if ((options.Features & SmtpServerFeatures.Dsn) != 0 && DsnCommand.IsOfRcpt(parameter))
            return DsnCommand.ReadRcpt(parameter, envelope, ref recipient);
        foreach (var extension in options.Extensions)
        {
            switch (extension.OnRcptParameter(channel, parameter, envelope, out var refusal))
            {
                case SmtpParameterHandling.Accepted:
                    return null;
                case SmtpParameterHandling.Refused:
                    return Refusals.ToReply(refusal);
                default:
                    continue;
            }
        }
        return Replies.UnknownParameter;
    }
}
