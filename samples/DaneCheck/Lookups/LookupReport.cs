using Mail.Security.Dnssec;

namespace DaneCheck.Lookups;

/// <summary>What --lookup prints.</summary>
internal sealed record LookupReport
{
    /// <summary>The servers, and where the security of answers comes from.</summary>
    public required string Resolver { get; init; }

    public required Lookup Lookup { get; init; }

    public int ExitCode => Lookup.Failure switch
    {
        null => Running.ExitCode.Verified,
        DnsFailure.Bogus => Running.ExitCode.Failed,
        _ => Running.ExitCode.TemporaryFailure,
    };
}
