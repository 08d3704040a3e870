using System.Buffers;
using System.Text;

namespace Mail.Security.SmtpServer;

/// <summary>Knows by its first bytes what is sent to an SMTP port by mistake or by attack: HTTP requests and TLS handshakes.</summary>
/// <remarks>
/// A browser can be made to post a form to port 25, its body full of SMTP commands. That is why an HTTP method ends a session at
/// once, wherever it appears, instead of being one error among others.
/// </remarks>
internal static class ForeignProtocol
{
    private const int LongestMethod = 7;

    private static readonly string[] Methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "PRI"];
    private static readonly string[] FormerVerbs = ["SEND", "SOML", "SAML", "TURN", "ETRN", "ATRN"];

    public static bool IsHttp(ReadOnlySpan<byte> keyword) => Contains(Methods, keyword);

    /// <summary>Whether a line that is refused for its form, as by its length or a bare LF, is the first line of a request all the same.</summary>
    public static bool IsHttpRequest(ReadOnlySequence<byte> line)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(line.Length, LongestMethod + 1)];
        line.Slice(0, start.Length).CopyTo(start);
        return start.IndexOf((byte)' ') is > 0 and var space && IsHttp(start[..space]);
    }

    /// <summary>Verbs that SMTP had once or has elsewhere (RFC 5321 §F.6): known, not implemented.</summary>
    public static bool IsFormerSmtp(ReadOnlySpan<byte> keyword) => Contains(FormerVerbs, keyword);

    /// <summary>Whether a connection begins with a TLS handshake record; no SMTP command begins with its type byte 22.</summary>
    public static bool IsTlsRecord(ReadOnlySequence<byte> start) => new SequenceReader<byte>(start).TryPeek(out var type) && type == 22;

    private static bool Contains(string[] words, ReadOnlySpan<byte> keyword)
    {
        foreach (var word in words)
        {
            if (Ascii.EqualsIgnoreCase(keyword, word))
                return true;
        }
        return false;
    }
}
