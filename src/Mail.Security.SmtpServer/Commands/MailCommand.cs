using System.Buffers.Text;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Reads MAIL into an envelope: SIZE (RFC 1870 §6), BODY (RFC 6152 §2, RFC 3030 §3), SMTPUTF8 (RFC 6531 §3.4), AUTH (RFC 4954 §5), then what extensions know.</summary>
internal static class MailCommand
{
    private const int MaxSizeDigits = 20;   // RFC 1870 §5

    /// <summary>Returns null when the command is in order, else the reply; the builder is then of no use.</summary>
    public static ServerReply? Read(ReadOnlySpan<byte> argument, SmtpSessionInfo session, SmtpServerOptions options, SmtpEnvelopeBuilder envelope, KnownPaths paths)
    {
        if (!PathCommandReader.TryReadMail(argument, out var path, out var parameters, out var fault))
            return ReplyFor(fault, Replies.MailSyntax);
        if (parameters.Count > 0 && session.Hello != SmtpHello.Ehlo)
            return Replies.ParametersNeedEhlo;
        foreach (var parameter in parameters)
        {
            if (ReadParameter(parameter, session, options, envelope, paths) is { } refusal)
                return refusal;
        }

        // The path comes last: whether it may have non-ASCII characters is known only now.
        if (!envelope.SmtpUtf8 && !Ascii.IsValid(path))
            return Replies.SenderNotAscii;
        if (!paths.TryParse(path, out var sender))
            return Replies.BadSender;
        envelope.ReversePath = sender;
        envelope.AuthorizationIdentity = session.Authentication?.AuthorizationIdentity;
        foreach (var extension in options.Extensions)
        {
            if (extension.OnMailCommand(session.Channel, envelope) is { } refusal)
                return Refusals.ToReply(refusal);
        }
        return null;
    }

    /// <summary>The reply to an argument that breaks the grammar.</summary>
    public static ServerReply ReplyFor(SyntaxFault fault, ServerReply otherwise) => fault switch
    {
        SyntaxFault.DuplicateParameter => Replies.DuplicateParameter,
        SyntaxFault.BadParameter or SyntaxFault.TooManyParameters => Replies.ParameterSyntax,
        _ => otherwise,
    };

    private static ServerReply? ReadParameter(SmtpParameter parameter, SmtpSessionInfo session, SmtpServerOptions options, SmtpEnvelopeBuilder envelope, KnownPaths paths)
    {
        if (parameter.Is("SIZE"u8))
            return ReadSize(parameter, options, envelope);
        if (parameter.Is("BODY"u8))
            return ReadBody(parameter, options, envelope);
        if (parameter.Is("SMTPUTF8"u8))
        {
            envelope.SmtpUtf8 = true;
            return parameter.HasValue ? Replies.ParameterValue : null;
        }
        if ((options.Features & SmtpServerFeatures.Dsn) != 0 && DsnCommand.IsOfMail(parameter))
            return DsnCommand.ReadMail(parameter, envelope);
        if (options.Authentication is { } authentication && parameter.Is("AUTH"u8))
            return AuthCommand.ReadParameter(parameter, session, authentication, envelope, paths);
        foreach (var extension in options.Extensions)
        {
            switch (extension.OnMailParameter(session.Channel, parameter, envelope, out var refusal))
            {
                case SmtpParameterHandling.Accepted:
                    return null;
                case SmtpParameterHandling.Refused:
                    return Refusals.ToReply(refusal);
                default:
                    continue;
            }
        }
        return Replies.UnknownParameter;    // RFC 5321 §4.1.1.11
    }

    private static ServerReply? ReadSize(SmtpParameter parameter, SmtpServerOptions options, SmtpEnvelopeBuilder envelope)
    {
        var digits = parameter.Value;
        if (digits.IsEmpty || digits.Length > MaxSizeDigits || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return Replies.BadSize;
        // Twenty digits may not fit a number; they are then surely over any limit.
        var size = Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length ? number : long.MaxValue;
        if (options.MaxMessageSize > 0 && size > options.MaxMessageSize)
            return Replies.TooLarge;        // RFC 1870 §6.1
        envelope.Size = size;
        return null;
    }

    private static ServerReply? ReadBody(SmtpParameter parameter, SmtpServerOptions options, SmtpEnvelopeBuilder envelope)
    {
        var binary = (options.Features & SmtpServerFeatures.BinaryMime) != 0;
        if (Ascii.EqualsIgnoreCase(parameter.Value, "7BIT"u8))
            envelope.Body = BodyType.SevenBit;
        else if (Ascii.EqualsIgnoreCase(parameter.Value, "8BITMIME"u8))
            envelope.Body = BodyType.EightBitMime;
        else if (binary && Ascii.EqualsIgnoreCase(parameter.Value, "BINARYMIME"u8))
            envelope.Body = BodyType.BinaryMime;
        else
            return binary ? Replies.BadBodyOrBinary : Replies.BadBody;
        return null;
    }
}
