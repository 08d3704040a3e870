namespace Mail.Security.MtaSts;

/// <summary>What the TXT records at <c>_mta-sts.</c> of a domain amount to (RFC 8461 §3.1). Every case but <see cref="Found"/> means: no policy is announced.</summary>
public abstract record MtaStsRecordResult
{
    private MtaStsRecordResult()
    {
    }

    /// <summary>Exactly one well-formed record.</summary>
    /// <param name="Record">The record.</param>
    public sealed record Found(MtaStsRecord Record) : MtaStsRecordResult;

    /// <summary>No record begins with the version this package knows.</summary>
    public sealed record Absent : MtaStsRecordResult;

    /// <summary>More than one record begins with the version: the domain is to be treated as having none.</summary>
    public sealed record Several : MtaStsRecordResult;

    /// <summary>The record begins with the version and then breaks the grammar: the domain is to be treated as having none.</summary>
    /// <param name="Detail">What is wrong, for people.</param>
    public sealed record Invalid(string Detail) : MtaStsRecordResult;
}
