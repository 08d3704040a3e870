namespace Mail.Security.Sasl;

/// <summary>What came of asking for a token.</summary>
public abstract record SaslTokenResult
{
    private protected SaslTokenResult()
    {
    }

    /// <summary>Here is one.</summary>
    /// <param name="Token">The token.</param>
    public sealed record Issued(SaslToken Token) : SaslTokenResult;

    /// <summary>There is none.</summary>
    /// <param name="Detail">Why, in a few words for people; never a secret.</param>
    public sealed record Unavailable(string Detail) : SaslTokenResult;
}
