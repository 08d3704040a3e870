namespace Mail.Security.MtaSts;

/// <summary>What reading a policy text gave.</summary>
public abstract record MtaStsPolicyParseResult
{
    private MtaStsPolicyParseResult()
    {
    }

    /// <summary>The text is a policy.</summary>
    /// <param name="Policy">The policy.</param>
    public sealed record Valid(MtaStsPolicy Policy) : MtaStsPolicyParseResult;

    /// <summary>The text is not a policy: the domain has none that could be applied.</summary>
    /// <param name="Fault">Which rule is broken.</param>
    /// <param name="Detail">What is wrong, for people. Nothing of the text is repeated.</param>
    public sealed record Invalid(MtaStsPolicyFault Fault, string Detail) : MtaStsPolicyParseResult;
}
