namespace Mail.Security.Testing;

/// <summary>Compares a line with a pattern in which '*' stands for any text, the empty one too; letters match in either case.</summary>
/// <remarks>Nothing else is special: '?' and the backslash are characters of mail addresses.</remarks>
internal static class LinePattern
{
    public static bool Matches(string pattern, string line)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
            return line.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        var (first, last) = (parts[0], parts[^1]);
        if (line.Length < first.Length + last.Length
            || !line.StartsWith(first, StringComparison.OrdinalIgnoreCase) || !line.EndsWith(last, StringComparison.OrdinalIgnoreCase))
            return false;
        var (at, end) = (first.Length, line.Length - last.Length);
        foreach (var part in parts.AsSpan(1, parts.Length - 2))
        {
            var found = line.IndexOf(part, at, end - at, StringComparison.OrdinalIgnoreCase);   // the leftmost leaves most room
            if (found < 0)
                return false;
            at = found + part.Length;
        }
        return true;
    }
}
