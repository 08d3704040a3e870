using System.Text;
using Mail.Security.MtaSts;

namespace Mail.Security.Fuzz.Targets;

/// <summary>MTA-STS: a policy as it is fetched, and a TXT record.</summary>
internal static class MtaStsTarget
{
    private static readonly DomainName Host = DomainName.Parse("mx.a.example");

    public static void Run(byte[] input)
    {
        CheckPolicy(input);
        CheckRecord(Encoding.Latin1.GetString(input));
    }

    private static void CheckPolicy(byte[] input)
    {
        if (MtaStsPolicy.Parse(input) is not MtaStsPolicyParseResult.Valid { Policy: var policy })
            return;
        Check.Same(input, Encoding.UTF8.GetBytes(policy.Text), "the text of a policy is what was fetched");
        Check.That(policy.MaxAge >= TimeSpan.Zero && policy.MaxAge <= MtaStsPolicy.LongestMaxAge, "an age is within its bounds");
        Check.That(policy.Mode == MtaStsMode.None || policy.Mx.Count > 0, "a policy that binds names hosts");
        foreach (var pattern in policy.Mx)
        {
            var name = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
            Check.That(DomainName.TryParseLax(name, out var host) && host.Ascii == name, $"a pattern is a name: {pattern}");
            Check.Equal(name == pattern, policy.Mx.Contains(name) && policy.Matches(host) && name == pattern, "a pattern matches its name");
        }
        Check.Equal(policy.Mx.Any(pattern => pattern is "mx.a.example" or "*.a.example"), policy.Matches(Host), "which hosts match");
        Check.That(!policy.Matches(default), "no host matches nothing");
        Check.That(!policy.ToString().Any(char.IsControl), "a policy can be logged");
        // RFC 8461 §3.2: CRLF and LF end a line alike.
        if (policy.Text.Contains('\r', StringComparison.Ordinal))
            return;
        Check.That(MtaStsPolicy.Parse(policy.Text.Replace("\n", "\r\n", StringComparison.Ordinal)) is MtaStsPolicyParseResult.Valid { Policy: var other } && other.ToString() == policy.ToString(), "line ends change nothing");
    }

    private static void CheckRecord(string text)
    {
        var result = MtaStsRecord.Parse(text);
        Check.Equal(result, MtaStsRecord.Select([text]), "one record is that record");
        Check.Equal(result, MtaStsRecord.Select(["other", text, ""]), "other texts are left out");
        if (result is not MtaStsRecordResult.Found { Record: var record })
            return;
        Check.That(MtaStsRecord.Select([text, record.ToString()]) is MtaStsRecordResult.Several, "two records are none");
        Check.That(record.Id.Length is > 0 and <= 32 && record.Id.All(char.IsAsciiLetterOrDigit), "an id has letters and digits");
        Check.Equal(result, MtaStsRecord.Parse(record.ToString()), "a record is written as it was read");
    }
}
