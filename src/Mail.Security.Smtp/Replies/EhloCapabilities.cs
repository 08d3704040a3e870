using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mail.Security.Smtp;

/// <summary>
/// What a server announced in its answer to EHLO (RFC 5321 §4.1.1.1). Immutable. What was announced before STARTTLS is worth nothing
/// after it (RFC 3207 §4.2): send EHLO again and read a new one.
/// </summary>
/// <remarks>
/// Reading is lenient, because servers are: keywords in any case, any number of spaces and tabs, empty lines, lines that are no
/// keyword at all, and the old "AUTH=" spelling. When a keyword is repeated the first line counts; the mechanisms of AUTH are joined.
/// </remarks>
public sealed class EhloCapabilities
{
    private static readonly char[] Blanks = [' ', '\t'];
    private readonly FrozenDictionary<string, string> _lines;

    private EhloCapabilities(string greeting, Dictionary<string, string> lines, List<string> mechanisms)
    {
        Greeting = greeting;
        _lines = lines.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        AuthMechanisms = mechanisms;
        Keywords = [.. lines.Keys];
        MaxSize = ReadSize();
    }

    /// <summary>Nothing announced: the state before EHLO, after HELO and right after STARTTLS.</summary>
    public static EhloCapabilities None { get; } = new("", [], []);

    /// <summary>The first line: the server's name and its words of welcome.</summary>
    public string Greeting { get; }

    /// <summary>The keywords in the order announced, in upper case, each once.</summary>
    public IReadOnlyList<string> Keywords { get; }

    /// <summary>STARTTLS (RFC 3207).</summary>
    public bool StartTls => Has("STARTTLS");

    /// <summary>PIPELINING (RFC 2920).</summary>
    public bool Pipelining => Has("PIPELINING");

    /// <summary>8BITMIME (RFC 6152).</summary>
    public bool EightBitMime => Has("8BITMIME");

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 => Has("SMTPUTF8");

    /// <summary>ENHANCEDSTATUSCODES (RFC 2034).</summary>
    public bool EnhancedStatusCodes => Has("ENHANCEDSTATUSCODES");

    /// <summary>CHUNKING, that is BDAT (RFC 3030 §2).</summary>
    public bool Chunking => Has("CHUNKING");

    /// <summary>BINARYMIME (RFC 3030 §3).</summary>
    public bool BinaryMime => Has("BINARYMIME");

    /// <summary>DSN (RFC 3461).</summary>
    public bool Dsn => Has("DSN");

    /// <summary>REQUIRETLS (RFC 8689 §2): counts only when it was announced inside TLS.</summary>
    public bool RequireTls => Has("REQUIRETLS");

    /// <summary>The largest message in bytes, or null when SIZE is not announced, has no readable number, or is 0: no limit (RFC 1870 §3).</summary>
    public long? MaxSize { get; }

    /// <summary>The SASL mechanisms announced, in upper case and in the server's order; empty without AUTH (RFC 4954 §3).</summary>
    public IReadOnlyList<string> AuthMechanisms { get; }

    /// <summary>Reads the answer to EHLO. An answer that is not positive, as to a HELO-only server, announces nothing.</summary>
    public static EhloCapabilities FromReply(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (!reply.IsPositive || reply.Lines.Count == 0)
            return None;

        var lines = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var mechanisms = new List<string>();
        foreach (var line in reply.Lines.Skip(1))
            Add(line.Trim(Blanks), lines, mechanisms);
        return new EhloCapabilities(reply.Lines[0].Trim(Blanks), lines, mechanisms);
    }

    /// <summary>Whether the keyword was announced; case is ignored.</summary>
    public bool Has(string keyword) => _lines.ContainsKey(keyword);

    /// <summary>Finds a keyword and what was announced behind it: parameters with one space between them, or nothing.</summary>
    public bool TryGet(string keyword, [NotNullWhen(true)] out string? parameters) => _lines.TryGetValue(keyword, out parameters);

    private static void Add(string line, Dictionary<string, string> lines, List<string> mechanisms)
    {
        // "AUTH=LOGIN PLAIN" is how the draft before RFC 2554 was spelled, and is still sent beside "AUTH LOGIN PLAIN".
        if (line.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase))
            line = $"AUTH {line[5..]}";
        var words = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !IsKeyword(words[0]))
            return;

        var keyword = words[0].ToUpperInvariant();
        lines.TryAdd(keyword, string.Join(' ', words.Skip(1)));
        if (keyword == "AUTH")
            mechanisms.AddRange(words.Skip(1).Select(word => word.ToUpperInvariant()).Where(word => !mechanisms.Contains(word)));
    }

    private static bool IsKeyword(string word) => char.IsAsciiLetterOrDigit(word[0]) && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private long? ReadSize() =>
        TryGet("SIZE", out var text) && long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null;
}
