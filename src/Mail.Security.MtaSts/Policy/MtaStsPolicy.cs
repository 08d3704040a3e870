using System.Text;

namespace Mail.Security.MtaSts;

/// <summary>An MTA-STS policy: which hosts may take mail for a domain, and what to do with the others (RFC 8461 §3.2).</summary>
/// <remarks>Made only by <see cref="Parse(string)"/>; two policies are equal when their texts are.</remarks>
public sealed record MtaStsPolicy
{
    /// <summary>The greatest lifetime a policy can ask for: 31,557,600 seconds, about a year (RFC 8461 §3.2).</summary>
    public static readonly TimeSpan LongestMaxAge = TimeSpan.FromSeconds(31_557_600);

    internal MtaStsPolicy(MtaStsMode mode, TimeSpan maxAge, IReadOnlyList<string> mx, string text)
    {
        Mode = mode;
        MaxAge = maxAge;
        Mx = mx;
        Text = text;
    }

    /// <summary>What happens with a host that fails to validate.</summary>
    public MtaStsMode Mode { get; }

    /// <summary>How long after the fetch the policy stays valid; never more than <see cref="LongestMaxAge"/>, whatever the text says.</summary>
    public TimeSpan MaxAge { get; }

    /// <summary>The patterns in the order of the text, lower-case: a host name, or "*." and one. Empty only in mode <see cref="MtaStsMode.None"/>.</summary>
    public IReadOnlyList<string> Mx { get; }

    /// <summary>The text as it was served. A store keeps this and reads it again with <see cref="Parse(string)"/>.</summary>
    public string Text { get; }

    /// <summary>Whether the policy allows a host, by its name as the MX record spells it, aliases not followed (RFC 8461 §4.1).</summary>
    /// <param name="mxHost">The exchange of an MX record.</param>
    /// <returns>True when a pattern equals the name, or when a pattern "*.x" has the name's parent as its x: a wildcard is exactly one label.</returns>
    public bool Matches(DomainName mxHost)
    {
        if (mxHost.IsEmpty)
            return false;
        var host = mxHost.Ascii.AsSpan();
        var dot = host.IndexOf('.');
        foreach (var pattern in Mx)
        {
            // RFC 8461 §4.1: "*.example.com" is neither "example.com" nor "foo.bar.example.com".
            var matches = pattern.StartsWith('*')
                ? dot > 0 && host[dot..].SequenceEqual(pattern.AsSpan(1))
                : host.SequenceEqual(pattern);
            if (matches)
                return true;
        }
        return false;
    }

    /// <summary>Reads a policy text (RFC 8461 §3.2). Unknown keys are ignored, and so is every repetition of a key other than "mx".</summary>
    /// <param name="text">The text; lines end with LF or CRLF. Empty lines are ignored: to refuse the policy for one would only take protection away.</param>
    /// <returns>The policy, or which rule the text breaks.</returns>
    public static MtaStsPolicyParseResult Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return MtaStsPolicyReader.Read(text);
    }

    /// <summary>Reads a policy text from its UTF-8 bytes.</summary>
    /// <param name="text">The body as it was served.</param>
    /// <returns>The policy, or which rule the text breaks.</returns>
    public static MtaStsPolicyParseResult Parse(ReadOnlySpan<byte> text) =>
        System.Text.Unicode.Utf8.IsValid(text)
            ? MtaStsPolicyReader.Read(Encoding.UTF8.GetString(text))
            : new MtaStsPolicyParseResult.Invalid(MtaStsPolicyFault.Encoding, "the text is not UTF-8");

    /// <inheritdoc/>
    public bool Equals(MtaStsPolicy? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The policy in one line, for logs.</summary>
    public override string ToString() => $"mode={Mode.ToString().ToLowerInvariant()} max_age={(long)MaxAge.TotalSeconds} mx={string.Join(',', Mx)}";
}
