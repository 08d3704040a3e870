namespace Mail.Security.Delivery;

/// <summary>What is wrong with a transport, a route or a destination policy.</summary>
/// <param name="Key">Where: "Transports:relay:Host", "Routes:Global:0:Transport".</param>
/// <param name="Reason">What, as half a sentence. No secret is in it.</param>
public sealed record RoutingProblem(string Key, string Reason)
{
    /// <summary>The problem as one sentence.</summary>
    /// <returns>The key, a colon, and the reason.</returns>
    public override string ToString() => $"{Key}: {Reason}.";

    internal RoutingProblem Below(string key) => this with { Key = Key.Length == 0 ? key : $"{key}:{Key}" };

    internal static string Sentences(IEnumerable<RoutingProblem> problems) => string.Join(" ", problems);
}
