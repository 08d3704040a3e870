namespace Mail.Security.Conformance;

/// <summary>What unbound is expected to say of a case. A closed set of cases.</summary>
public abstract record UnboundVerdict
{
    private UnboundVerdict()
    {
    }

    /// <summary>What we say.</summary>
    public sealed record Same : UnboundVerdict;

    /// <summary>Something else, for a reason that is not for us to follow. Where it says what we say after all, the case is to be mended.</summary>
    /// <param name="Verdict">What it says: the state, and what was found.</param>
    /// <param name="Reason">Why, and which section of which RFC we go by.</param>
    public sealed record Other(string Verdict, string Reason) : UnboundVerdict;

    /// <summary>It cannot be asked.</summary>
    /// <param name="Reason">Why not.</param>
    public sealed record NotAsked(string Reason) : UnboundVerdict;
}
