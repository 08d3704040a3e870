namespace Mail.Security.MtaSts;

/// <summary>What fetching a policy gave.</summary>
public abstract record MtaStsFetchResult
{
    private MtaStsFetchResult()
    {
    }

    /// <summary>A policy came from the policy host, over a connection whose certificate was verified.</summary>
    /// <param name="Policy">The policy.</param>
    public sealed record Fetched(MtaStsPolicy Policy) : MtaStsFetchResult;

    /// <summary>No policy could be had.</summary>
    /// <param name="Reason">What kind of failure it was.</param>
    /// <param name="Detail">What happened, for people.</param>
    public sealed record Failed(MtaStsFetchFailure Reason, string Detail) : MtaStsFetchResult;
}
