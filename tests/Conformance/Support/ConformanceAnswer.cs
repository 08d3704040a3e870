using Mail.Security.Dnssec;

namespace Mail.Security.Conformance;

/// <summary>An answer of our resolver, as the tables write it.</summary>
/// <param name="Verdict">The state, what was found, and the extended error's code.</param>
/// <param name="Chain">Each step with its state.</param>
/// <param name="Sentence">The text of the extended error, or what failed.</param>
/// <param name="Ttl">For how long it may be kept; null of what failed.</param>
public sealed record ConformanceAnswer(string Verdict, string Chain, string Sentence, TimeSpan? Ttl)
{
    /// <summary>Tells an answer.</summary>
    /// <typeparam name="T">The type of its records.</typeparam>
    /// <param name="answer">The answer.</param>
    /// <returns>What the tables compare.</returns>
    public static ConformanceAnswer Of<T>(DnsAnswer<T> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var (verdict, error, detail, ttl) = answer switch
        {
            DnsAnswer<T>.Found found => ($"{found.Security} Found", found.Note, "", found.Ttl),
            DnsAnswer<T>.Absent absent => ($"{absent.Security} {absent.Kind}", absent.Note, "", absent.Ttl),
            DnsAnswer<T>.Failed failed => (failed.Reason.ToString(), failed.Error, failed.Detail, (TimeSpan?)null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var chain = string.Join("; ", answer.Chain.Select(static link => link.Name + link.State switch
        {
            DnssecLinkState.Secure => "+",
            DnssecLinkState.Insecure => "-",
            DnssecLinkState.Bogus => "!",
            _ => "?",
        }));
        return new(error is null ? verdict : $"{verdict} {error.Code}", chain, error is null ? detail : error.Text, ttl);
    }
}
