using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads the parameters of the DSN extension into envelope and recipient (RFC 3461 §4).</summary>
internal static class DsnCommand
{
    public static bool IsOfMail(SmtpParameter parameter) => parameter.Is("RET"u8) || parameter.Is("ENVID"u8);

    public static bool IsOfRcpt(SmtpParameter parameter) => parameter.Is("NOTIFY"u8) || parameter.Is("ORCPT"u8);

    /// <summary>Returns null when the parameter is in order, else the reply.</summary>
    public static ServerReply? ReadMail(SmtpParameter parameter, SmtpEnvelopeBuilder envelope)
    {
        if (parameter.Is("RET"u8))
        {
            if (!DsnParameters.TryReadReturn(parameter.Value, out var content))
                return Replies.BadReturn;
            envelope.Return = content;
            return null;
        }
        if (!DsnParameters.TryReadEnvelopeId(parameter.Value, out var id))
            return Replies.BadEnvelopeId;
        envelope.EnvelopeId = id;
        return null;
    }

    /// <inheritdoc cref="ReadMail"/>
    public static ServerReply? ReadRcpt(SmtpParameter parameter, SmtpEnvelopeBuilder envelope, ref SmtpRecipient recipient)
    {
        if (parameter.Is("NOTIFY"u8))
        {
            if (!DsnParameters.TryReadNotify(parameter.Value, out var notify))
                return Replies.BadNotify;
            recipient = recipient with { Notify = notify };
            return null;
        }
        // RFC 6533 §3: 8-bit characters are for transactions that began with SMTPUTF8.
        if (!envelope.SmtpUtf8 && !Ascii.IsValid(parameter.Value))
            return Replies.RecipientNotAscii;
        if (!DsnParameters.TryReadOriginalRecipient(parameter.Value, out var original))
            return Replies.BadOriginalRecipient;
        recipient = recipient with { OriginalRecipient = original };
        return null;
    }
}
