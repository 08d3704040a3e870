using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Security.SmtpServer;

/// <summary>Writes the Received field that a receiving server puts in front of a message (RFC 5321 §4.4).</summary>
public static class ReceivedHeader
{
    private const int MaxColumn = 78;       // RFC 5322 §2.1.1
    private const string Indent = "    ";

    /// <summary>
    /// The field with its CRLF, folded so that no line is longer than 78 characters unless one word alone is. UTF-8 appears in it only
    /// when <see cref="ReceivedTrace.SmtpUtf8"/> is set. What a client said of itself cannot break out of its place.
    /// </summary>
    public static byte[] Format(ReceivedTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var text = new StringBuilder("Received:");
        var column = text.Length;
        foreach (var word in Words(trace))
        {
            if (column + 1 + word.Length > MaxColumn && column > Indent.Length)
            {
                text.Append("\r\n").Append(Indent, 0, Indent.Length - 1);
                column = Indent.Length - 1;
            }
            text.Append(' ').Append(word);
            column += 1 + word.Length;
        }
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    // Each of these stays on one line.
    private static IEnumerable<string> Words(ReceivedTrace trace)
    {
        yield return "from";
        yield return HelloOf(trace);
        if (trace.RemoteAddress is { } remote)
            yield return $"({ClientName(trace)}{Literal(remote)})";
        yield return "by";
        yield return NameOf(trace.By, trace);
        yield return "with";
        yield return IsAtom(trace.Protocol) ? trace.Protocol : "SMTP";
        if (trace.TlsDemand == TlsDemand.RequireTls)
            yield return "(requiretls)";
        if (trace.Tls is { } tls)
            yield return $"({tls.ProtocolName})";
        if (IsAtom(trace.Id))
        {
            yield return "id";
            yield return trace.Id;
        }
        if (Recipient(trace) is { } recipient)
        {
            yield return "for";
            yield return $"<{recipient}>";
        }
        if (trace.Priority is >= -9 and <= 9 and var priority)
        {
            yield return "PRIORITY";        // RFC 6710 §7
            yield return priority.ToString(CultureInfo.InvariantCulture);
        }
        if (trace.Tls is { } cipher)
        {
            yield return "tls";
            yield return CipherOf(cipher);
        }
        yield return ";";
        yield return trace.Date.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + trace.Date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
    }

    // A server session lets only such names through; a trace made elsewhere may hold anything.
    private static string HelloOf(ReceivedTrace trace) =>
        HelloName.IsUsable(Encoding.UTF8.GetBytes(trace.HelloName)) ? trace.HelloName : "unknown";

    private static string ClientName(ReceivedTrace trace) =>
        trace.RemoteName.IsEmpty || string.Equals(trace.RemoteName.Ascii, trace.HelloName, StringComparison.OrdinalIgnoreCase) ? "" : NameOf(trace.RemoteName, trace) + " ";

    private static string NameOf(DomainName name, ReceivedTrace trace) => trace.SmtpUtf8 ? name.Unicode : name.Ascii;

    // RFC 5321 §4.1.3
    private static string Literal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return $"[{address}]";
        return $"[IPv6:{new IPAddress(address.GetAddressBytes())}]";        // without a scope id, which means nothing elsewhere
    }

    // RFC 8314 §4.3: the registered name, or its number where this runtime does not know it.
    private static string CipherOf(TlsSessionInfo tls) =>
        Enum.IsDefined(tls.Cipher) ? tls.Cipher.ToString() : string.Create(CultureInfo.InvariantCulture, $"0x{(int)tls.Cipher:X4}");

    // A recipient that ASCII cannot spell is left out of an ASCII field (RFC 6531 §3.7.3).
    private static string? Recipient(ReceivedTrace trace)
    {
        if (trace.For is not { IsNull: false } path || (path.NeedsSmtpUtf8 && !trace.SmtpUtf8))
            return null;
        var text = path.ToString();
        return trace.SmtpUtf8 && !path.Domain.IsEmpty && text.EndsWith(path.Domain.Ascii, StringComparison.Ordinal)
            ? string.Concat(text.AsSpan(0, text.Length - path.Domain.Ascii.Length), path.Domain.Unicode)
            : text;
    }

    // RFC 5321 §4.4 has an atom there, in which no dot can be (RFC 5322 §3.2.3).
    private static bool IsAtom(string id) => id.Length is > 0 and <= 64 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
