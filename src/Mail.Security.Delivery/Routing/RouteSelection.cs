namespace Mail.Security.Delivery;

/// <summary>What the routes answer. A closed set of cases.</summary>
public abstract record RouteSelection
{
    private protected RouteSelection()
    {
    }

    /// <summary>The transport to take.</summary>
    /// <param name="Transport">Its name.</param>
    /// <param name="Why">Which route it was, with its conditions, or that none matched: one sentence for people.</param>
    public sealed record Chosen(TransportName Transport, string Why) : RouteSelection;

    /// <summary>It depends on the mail exchangers: look them up and ask again (<see cref="RouteQuery.Exchangers"/>).</summary>
    public sealed record AskExchangers : RouteSelection;
}
