namespace Mail.Security.Dnssec;

/// <summary>A key of a trust point that came to another state.</summary>
/// <param name="Anchor">The key.</param>
/// <param name="From">What it was; <see cref="TrustAnchorState.Start"/> for one never seen.</param>
/// <param name="To">What it is; <see cref="TrustAnchorState.Start"/> for one whose trial ended without success.</param>
public sealed record TrustAnchorChange(TrustAnchor Anchor, TrustAnchorState From, TrustAnchorState To)
{
    /// <summary>The change as one line for people.</summary>
    /// <returns>Such as <c>. DS 38696 8 2 683d…: AddPending, now Valid</c>.</returns>
    public override string ToString() => $"{Anchor}: {From}, now {To}";
}
