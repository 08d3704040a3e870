using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>Whether an address has a name that leads back to it (RFC 8601 §2.7.3). A closed set of cases.</summary>
/// <remarks>It proves that whoever runs the address and whoever runs the name agree, and no more.</remarks>
public abstract record ReverseNameResult
{
    private protected ReverseNameResult()
    {
    }

    /// <summary>The result as one word of RFC 8601 §2.7.3.</summary>
    public abstract string Keyword { get; }

    /// <summary>The least security among the answers the result rests on.</summary>
    public DnsSecurity Security { get; internal init; }

    /// <summary>Names lead back to the address.</summary>
    /// <param name="Names">Those that do, in the order of the answer; at least one.</param>
    public sealed record Pass(IReadOnlyList<DomainName> Names) : ReverseNameResult
    {
        /// <inheritdoc/>
        public override string Keyword => "pass";
    }

    /// <summary>There are names, and none leads back to the address.</summary>
    /// <param name="Names">Those that were looked at.</param>
    public sealed record Fail(IReadOnlyList<DomainName> Names) : ReverseNameResult
    {
        /// <inheritdoc/>
        public override string Keyword => "fail";
    }

    /// <summary>The DNS did not answer: a later check may tell.</summary>
    /// <param name="Detail">What did not answer, as half a sentence.</param>
    public sealed record TempError(string Detail) : ReverseNameResult
    {
        /// <inheritdoc/>
        public override string Keyword => "temperror";
    }

    /// <summary>The address has no name.</summary>
    public sealed record PermError : ReverseNameResult
    {
        /// <inheritdoc/>
        public override string Keyword => "permerror";
    }
}
