using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads RCPT (RFC 5321 §4.1.1.3). Only extensions know parameters for it.</summary>
internal static class RcptCommand
{
    /// <summary>Returns null and the recipient when the command is in order, else the reply.</summary>
    public static ServerReply? Read(
        ReadOnlySpan<byte> argument, SmtpSessionInfo session, SmtpServerOptions options, SmtpEnvelopeBuilder envelope, out MailPath recipient)
    {
        recipient = default;
        if (!PathCommandReader.TryReadRcpt(argument, out var path, out var parameters, out var fault))
            return MailCommand.ReplyFor(fault, Replies.RcptSyntax);
        if (parameters.Count > 0 && session.Hello != SmtpHello.Ehlo)
            return Replies.ParametersNeedEhlo;
        if (!envelope.SmtpUtf8 && !Ascii.IsValid(path))
            return Replies.RecipientNotAscii;
        if (!MailPath.TryParse(path, out recipient, out _) || recipient.IsNull)
            return Replies.BadRecipient;
        foreach (var parameter in parameters)
        {
            if (ReadParameter(parameter, session.Channel, options, envelope) is { } refusal)
                return refusal;
        }
        return null;
    }

    private static ServerReply? ReadParameter(SmtpParameter parameter, SmtpChannel channel, SmtpServerOptions options, SmtpEnvelopeBuilder envelope)
    {
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
