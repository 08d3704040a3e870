using System.Diagnostics;
using Mail.Security;
using Mail.Security.Dnssec;

namespace DaneCheck.Lookups;

/// <summary>One lookup and its answer, as it is printed.</summary>
internal sealed record Lookup
{
    public required string Type { get; init; }

    public required string Name { get; init; }

    /// <summary>The records as in a zone file; none where they are absent or not known.</summary>
    public IReadOnlyList<string> Records { get; init; } = [];

    /// <summary>The least security of all that the answer rests on; null when there was no answer.</summary>
    public DnsSecurity? Security { get; init; }

    /// <summary>Which absence the answer tells of; null for none.</summary>
    public DnsAbsence? Absence { get; init; }

    /// <summary>Why there was no answer; null when there was one.</summary>
    public DnsFailure? Failure { get; init; }

    /// <summary>The failure for people; empty when there was none.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The names the aliases led to, in order.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The extended error of a failure, or why an answer is no more than insecure.</summary>
    public LookupError? ExtendedError { get; init; }

    /// <summary>How long the answer may be kept.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>From the trust anchor down to the records; empty where the AD bit was believed.</summary>
    public IReadOnlyList<DnssecLink> Chain { get; init; } = [];

    public static Lookup Of<T>(string type, DomainName name, DnsAnswer<T> answer) where T : notnull
    {
        var lookup = new Lookup { Type = type, Name = name.IsEmpty ? "." : name.Ascii, Chain = answer.Chain, ExtendedError = LookupError.Of(answer.Note) };
        return answer switch
        {
            DnsAnswer<T>.Found found => lookup with
            {
                Records = [.. found.Records.Select(static record => record.ToString()!)],
                Security = found.Security,
                TtlSeconds = found.Ttl.TotalSeconds,
                Aliases = Names(found.Aliases),
            },
            DnsAnswer<T>.Absent absent => lookup with { Absence = absent.Kind, Security = absent.Security, TtlSeconds = absent.Ttl.TotalSeconds, Aliases = Names(absent.Aliases) },
            DnsAnswer<T>.Failed failed => lookup with { Failure = failed.Reason, Detail = failed.Detail, ExtendedError = LookupError.Of(failed.Error ?? answer.Note) },
            _ => throw new UnreachableException(),
        };
    }

    private static string[] Names(IReadOnlyList<AliasHop> aliases) => [.. aliases.Select(static hop => hop.Target.Ascii)];
}
