using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>What a domain says of a client that uses its name (RFC 7208 §2.6). A closed set of cases.</summary>
public abstract record SpfResult
{
    private protected SpfResult()
    {
    }

    /// <summary>The result as one word of RFC 8601 §2.7.2.</summary>
    public abstract string Keyword { get; }

    /// <summary>The least security among all answers that were read; <see cref="DnsSecurity.Indeterminate"/> when none was, or when one failed.</summary>
    public DnsSecurity Security { get; internal init; }

    /// <summary>How many terms asked the DNS; never more than 10 were let.</summary>
    public int Lookups { get; internal init; }

    /// <summary>The domain says nothing, or there is no domain.</summary>
    /// <param name="Detail">Which of them, as half a sentence.</param>
    public sealed record None(string Detail) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "none";
    }

    /// <summary>The domain says that it does not say whether the client may.</summary>
    /// <param name="Match">The directive; null when none matched (RFC 7208 §4.7).</param>
    public sealed record Neutral(SpfMatch? Match) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "neutral";
    }

    /// <summary>The client may.</summary>
    /// <param name="Match">The directive.</param>
    public sealed record Pass(SpfMatch Match) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "pass";
    }

    /// <summary>The client may not.</summary>
    /// <param name="Match">The directive.</param>
    /// <param name="Explanation">What the domain wants its sender to be told: printable ASCII of at most 500 characters, a stranger's words; empty for nothing (RFC 7208 §6.2).</param>
    public sealed record Fail(SpfMatch Match, string Explanation) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "fail";
    }

    /// <summary>The client probably may not.</summary>
    /// <param name="Match">The directive.</param>
    public sealed record SoftFail(SpfMatch Match) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "softfail";
    }

    /// <summary>The DNS did not answer, or not in time: a later evaluation may tell.</summary>
    /// <param name="Detail">What did not answer, as half a sentence.</param>
    public sealed record TempError(string Detail) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "temperror";
    }

    /// <summary>The records of the domain cannot be evaluated.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">The same as half a sentence.</param>
    public sealed record PermError(SpfFault Reason, string Detail) : SpfResult
    {
        /// <inheritdoc/>
        public override string Keyword => "permerror";
    }
}
