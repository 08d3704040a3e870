namespace Mail.Security.Testing;

/// <summary>How far the test server follows aliases in one answer.</summary>
public enum DnsAliasAnswers : byte
{
    /// <summary>To the end, as recursive resolvers do.</summary>
    WholeChain,

    /// <summary>One CNAME an answer; the resolver must ask for its target.</summary>
    OneAtATime,
}
