using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer;

/// <summary>Makes replies out of what handlers, sinks and extensions say, which need not be fit for the wire.</summary>
internal static class Refusals
{
    // Unlike a search by range it makes no objects, not even in code that is not optimised yet.
    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

    private const int MaxText = 450;    // a reply line has 512 bytes with code, status and CRLF (RFC 5321 §4.5.3.1.5)

    /// <summary>A refusal must refuse: one whose code or status does not is a bug of its author and becomes 451 4.3.0.</summary>
    public static ServerReply ToReply(SmtpRefusal refusal) =>
        refusal.Code is >= 400 and <= 599 && refusal.Status.Class == refusal.Code / 100
            ? new ServerReply(refusal.Code, refusal.Status, CleanText(refusal.Text))
            : Replies.LocalError;

    /// <summary>Whether a reply to VRFY, EXPN or HELP is one (RFC 5321 §4.3.2). Its status, if any, must be of its class.</summary>
    public static bool IsAnswerTo(SmtpVerb verb, SmtpReply reply) =>
        (reply.Status is not { } status || status.Class == reply.Code / 100) && reply.Code switch
        {
            >= 400 and <= 599 => true,
            250 or 251 or 252 => verb is SmtpVerb.Vrfy or SmtpVerb.Expn,
            211 or 214 => verb == SmtpVerb.Help,
            _ => false,
        };

    /// <summary>The text in one line of printable ASCII.</summary>
    public static string CleanText(string? text)
    {
        text ??= "";
        if (text.Length > MaxText)
            text = text[..MaxText];
        return text.AsSpan().ContainsAnyExcept(Printable)
            ? string.Create(text.Length, text, static (span, source) =>
            {
                for (var index = 0; index < span.Length; index++)
                    span[index] = source[index] is >= ' ' and <= '~' ? source[index] : '?';
            })
            : text;
    }
}
