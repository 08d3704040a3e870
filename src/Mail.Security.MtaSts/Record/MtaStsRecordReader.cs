using System.Buffers;

namespace Mail.Security.MtaSts;

/// <summary>The grammar of the TXT record (RFC 8461 §3.1), character by character: no whitespace is allowed but around a semicolon.</summary>
internal static class MtaStsRecordReader
{
    private const string Version = "v=STSv1";
    private const int LongestId = 32;
    private const int LongestName = 32;

    // RFC 8461 §3.1: sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E)
    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create(string.Concat(Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(static c => (char)c)).Replace(";", "", StringComparison.Ordinal).Replace("=", "", StringComparison.Ordinal));

    public static MtaStsRecordResult Read(string text)
    {
        var rest = text.AsSpan();
        // %s in the grammar: the version is compared with case; STSv10 and the like are other versions.
        if (!rest.StartsWith(Version, StringComparison.Ordinal) || !TryReadDelimiter(rest[Version.Length..], out rest))
            return new MtaStsRecordResult.Absent();

        string? id = null;
        while (true)
        {
            var end = rest.IndexOfAny(';', ' ', '\t');
            var field = end < 0 ? rest : rest[..end];
            if (!TryReadField(field, out var name, out var value, out var detail))
                return new MtaStsRecordResult.Invalid(detail);

            // RFC 8461 §3.2: of a repeated field all but the first are ignored.
            if (id is null && name is "id")
            {
                if (value.Length > LongestId || value.ContainsAnyExcept(Characters.LettersAndDigits))
                    return new MtaStsRecordResult.Invalid("the id is not 1 to 32 letters and digits");
                id = value.ToString();
            }

            rest = rest[field.Length..];
            if (rest.IsEmpty)
                break;
            if (!TryReadDelimiter(rest, out rest))
                return new MtaStsRecordResult.Invalid("white space without a semicolon");
            if (rest.IsEmpty)
                break;
        }
        return id is null ? new MtaStsRecordResult.Invalid("no id") : new MtaStsRecordResult.Found(new MtaStsRecord(id));
    }

    // sts-field-delim = *WSP ";" *WSP
    private static bool TryReadDelimiter(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        rest = text.TrimStart(Characters.WhiteSpace);
        if (rest.IsEmpty || rest[0] != ';')
            return false;
        rest = rest[1..].TrimStart(Characters.WhiteSpace);
        return true;
    }

    private static bool TryReadField(ReadOnlySpan<char> field, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value, out string detail)
    {
        name = value = default;
        detail = "";
        var equals = field.IndexOf('=');
        if (equals < 0)
            detail = field.IsEmpty ? "an empty field" : "a field without '='";
        else if (!Characters.IsFieldName(field[..equals], LongestName))
            detail = "a field name that is not 1 to 32 letters, digits, '_', '-' and '.'";
        else if (equals == field.Length - 1)
            detail = "a field without a value";
        else if (field[(equals + 1)..].ContainsAnyExcept(ValueCharacters))
            detail = "a value with a character that may not be in one";
        if (detail.Length > 0)
            return false;
        name = field[..equals];
        value = field[(equals + 1)..];
        return true;
    }
}
