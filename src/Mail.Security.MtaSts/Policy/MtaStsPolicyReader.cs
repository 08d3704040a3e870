using System.Globalization;

namespace Mail.Security.MtaSts;

/// <summary>The grammar of the policy text (RFC 8461 §3.2).</summary>
internal static class MtaStsPolicyReader
{
    private const int LongestName = 32;
    private const int LongestMaxAge = 10;

    public static MtaStsPolicyParseResult Read(string text)
    {
        var fields = new Fields();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var line = TakeLine(ref rest);
            if (line.IsEmpty)
                continue;
            if (!TryReadLine(line, out var name, out var value))
                return Invalid(MtaStsPolicyFault.Line, "a line is not a key, a colon and a value");
            if (fields.Take(name, value) is { } fault)
                return Invalid(fault, Describe(fault));
        }
        return fields.Finish(text);
    }

    // sts-policy-term = LF / CRLF, and nothing else ends a line.
    private static ReadOnlySpan<char> TakeLine(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return end >= 0 && line.EndsWith("\r") ? line[..^1] : line;
    }

    // sts-policy-field *WSP; the separator after the key is ":" *WSP.
    private static bool TryReadLine(ReadOnlySpan<char> line, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        var colon = line.IndexOf(':');
        if (colon < 0 || !Characters.IsFieldName(line[..colon], LongestName))
            return false;
        name = line[..colon];
        value = line[(colon + 1)..].Trim(Characters.WhiteSpace);
        // sts-policy-ext-value: at least one character, no control character; spaces only inside. Every known value is stricter.
        return !value.IsEmpty && !value.ContainsAnyInRange('\0', '\u001F') && !value.Contains('\u007F');
    }

    private static MtaStsPolicyParseResult.Invalid Invalid(MtaStsPolicyFault fault, string detail) => new(fault, detail);

    private static string Describe(MtaStsPolicyFault fault) => fault switch
    {
        MtaStsPolicyFault.Version => "the version is not STSv1",
        MtaStsPolicyFault.Mode => "the mode is not enforce, testing or none",
        MtaStsPolicyFault.MaxAge => "max_age is not 1 to 10 digits",
        MtaStsPolicyFault.Mx => "an mx pattern is not a host name of A-labels, nor \"*.\" and one",
        _ => "the text is not a policy",
    };

    private sealed class Fields
    {
        private readonly List<string> mx = [];
        private bool version;
        private MtaStsMode? mode;
        private TimeSpan? maxAge;

        /// <summary>Takes one field; all but the first of a key that may not repeat are ignored, whatever they say (RFC 8461 §3.2).</summary>
        public MtaStsPolicyFault? Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
        {
            switch (name)
            {
                case "version" when !version:
                    version = value is "STSv1";
                    return version ? null : MtaStsPolicyFault.Version;
                case "mode" when mode is null:
                    mode = value switch { "enforce" => MtaStsMode.Enforce, "testing" => MtaStsMode.Testing, "none" => MtaStsMode.None, _ => null };
                    return mode is null ? MtaStsPolicyFault.Mode : null;
                case "max_age" when maxAge is null:
                    maxAge = ReadMaxAge(value);
                    return maxAge is null ? MtaStsPolicyFault.MaxAge : null;
                case "mx":
                    return TakeMx(value) ? null : MtaStsPolicyFault.Mx;
                default:
                    return null;
            }
        }

        public MtaStsPolicyParseResult Finish(string text)
        {
            if (!version)
                return Invalid(MtaStsPolicyFault.Version, "no version");
            if (mode is not { } chosen)
                return Invalid(MtaStsPolicyFault.Mode, "no mode");
            if (maxAge is not { } age)
                return Invalid(MtaStsPolicyFault.MaxAge, "no max_age");
            if (mx.Count == 0 && chosen != MtaStsMode.None)
                return Invalid(MtaStsPolicyFault.Mx, "no mx pattern, and the mode is not none");
            return new MtaStsPolicyParseResult.Valid(new MtaStsPolicy(chosen, age, mx.AsReadOnly(), text));
        }

        // A greater number than the RFC's maximum is a policy that wants to live long: it gets the maximum.
        private static TimeSpan? ReadMaxAge(ReadOnlySpan<char> value) =>
            value.Length <= LongestMaxAge && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(Math.Min(seconds, (long)MtaStsPolicy.LongestMaxAge.TotalSeconds))
                : null;

        private bool TakeMx(ReadOnlySpan<char> value)
        {
            var wildcard = value.StartsWith("*.", StringComparison.Ordinal);
            var host = wildcard ? value[2..] : value;
            // RFC 8461 §3.2: A-labels, never U-labels; and no trailing dot (RFC 5321 §4.1.2).
            if (host.ContainsAnyExceptInRange('!', '~') || host.EndsWith(".") || !DomainName.TryParse(host.ToString(), out DomainName name))
                return false;
            mx.Add(wildcard ? $"*.{name.Ascii}" : name.Ascii);
            return true;
        }
    }
}
