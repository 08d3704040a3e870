using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mail.Security.SmtpServer;

/// <summary>Makes what somebody sent fit for one line of a log.</summary>
internal static class ProtocolText
{
    /// <summary>The most characters that are shown.</summary>
    public const int Longest = 512;

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Show(string text) => Show(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// The text, read as UTF-8. What a terminal could take for a command or a reader for something else is escaped: control and format characters, what is not assigned, bytes that
    /// are no UTF-8, and the backslash itself. What is too long is cut, and its length told.
    /// </summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, Longest));
        for (var rest = text; !rest.IsEmpty;)
        {
            if (shown.Length >= Longest)
                return shown.Append(CultureInfo.InvariantCulture, $"... ({text.Length} bytes)").ToString();
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var length);
            if (status == OperationStatus.Done && IsHarmless(rune))
                shown.Append(rune.ToString());
            else if (status == OperationStatus.Done && rune.IsAscii && rune.Value == '\\')
                shown.Append(@"\\");
            else
                Escape(shown, rest[..length]);
            rest = rest[length..];
        }
        return shown.ToString();
    }

    private static void Escape(StringBuilder shown, ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
            shown.Append(CultureInfo.InvariantCulture, $"\\x{octet:X2}");
    }

    private static bool IsHarmless(Rune rune) => rune.Value != '\\' && (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));
}
