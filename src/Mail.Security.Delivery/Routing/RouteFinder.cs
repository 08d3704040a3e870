namespace Mail.Security.Delivery;

/// <summary>Finds the transport of one attempt, and another one when the attempt has learned what changes the answer.</summary>
internal sealed class RouteFinder(DeliveryRoutes routes, DeliveryRequest request, ExchangerLookup exchangers)
{
    private readonly HashSet<TransportName> _taken = [];

    /// <summary>The next transport; null when the routes lead to none that this attempt has not taken.</summary>
    public async ValueTask<FoundRoute?> NextAsync(DomainKnowledge? knowledge, CancellationToken cancellationToken)
    {
        var (chosen, failure) = request.Transport.IsEmpty
            ? await SelectAsync(knowledge, cancellationToken).ConfigureAwait(false)
            : (new RouteSelection.Chosen(request.Transport, "set on the message"), null);
        if (failure is not null)
            return _taken.Count == 0 ? new FoundRoute.None(failure, null) : null;
        if (!_taken.Add(chosen!.Transport))
            return null;
        return routes.Catalog.TryGet(chosen.Transport, out var transport)
            ? new FoundRoute.Way(transport, new RouteExplanation(chosen.Transport, transport.ToString(), chosen.Why))
            : new FoundRoute.None(FailureTable.Of(PlanFault.UnknownTransport, chosen.Transport.Value), new RouteExplanation(chosen.Transport, "", chosen.Why));
    }

    private async ValueTask<(RouteSelection.Chosen? Chosen, DeliveryFailure? Failure)> SelectAsync(DomainKnowledge? knowledge, CancellationToken cancellationToken)
    {
        var query = new RouteQuery
        {
            Recipient = request.Domain, Sender = request.Envelope.ReversePath, Account = request.Account, Attempt = request.Attempt, Demand = request.Envelope.TlsDemand, Knowledge = knowledge,
        };
        if (routes.Table.Select(query) is RouteSelection.Chosen chosen)
            return (chosen, null);
        // A lookup that fails leaves it open whether the route is meant, and any other may be one that the operator did not want.
        var (hosts, failure) = await exchangers.BestAsync(cancellationToken).ConfigureAwait(false);
        return failure is not null ? (null, failure) : ((RouteSelection.Chosen)routes.Table.Select(query with { Exchangers = hosts }), null);
    }
}

/// <summary>The way of an attempt, or why there is none.</summary>
internal abstract record FoundRoute
{
    private FoundRoute()
    {
    }

    public sealed record Way(TransportDefinition Transport, RouteExplanation Explanation) : FoundRoute;

    public sealed record None(DeliveryFailure Why, RouteExplanation? Explanation) : FoundRoute;
}
