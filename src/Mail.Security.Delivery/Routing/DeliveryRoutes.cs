using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>Transports, routes and destination policies that fit together. It does not change: another one takes its place (<see cref="DeliveryRouting.Replace"/>).</summary>
public sealed class DeliveryRoutes
{
    /// <summary>Puts them together.</summary>
    /// <param name="catalog">The transports; null for "direct" alone.</param>
    /// <param name="table">The routes; null for none.</param>
    /// <param name="destinations">The destination policies: the first whose domains match is taken; null for none.</param>
    /// <exception cref="ArgumentException">A route names a transport that is not there, or a policy cannot hold; the message has a sentence for each problem.</exception>
    public DeliveryRoutes(TransportCatalog? catalog = null, RouteTable? table = null, IReadOnlyList<DestinationPolicy>? destinations = null)
    {
        (Catalog, Table, Destinations) = (catalog ?? TransportCatalog.Default, table ?? RouteTable.Empty, [.. destinations ?? []]);
        if (Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(RoutingProblem.Sentences(problems));
    }

    /// <summary>Everything goes to the domain's own mail exchangers, and nothing is demanded.</summary>
    public static DeliveryRoutes Default { get; } = new();

    /// <summary>The transports.</summary>
    public TransportCatalog Catalog { get; }

    /// <summary>The routes.</summary>
    public RouteTable Table { get; }

    /// <summary>The destination policies, in order.</summary>
    public IReadOnlyList<DestinationPolicy> Destinations { get; }

    /// <summary>The policy for a recipient domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <returns>The first that matches, or <see cref="DestinationPolicy.None"/>.</returns>
    public DestinationPolicy PolicyFor(RecipientDomain domain) =>
        Destinations.FirstOrDefault(policy => policy.Domains.Any(pattern => pattern.Matches(domain.Name))) ?? DestinationPolicy.None;

    private IEnumerable<RoutingProblem> Problems()
    {
        foreach (var (key, rule) in Table.Rules)
        {
            if (!Catalog.TryGet(rule.Transport, out _))
                yield return new RoutingProblem($"{key}:Transport", $"there is no transport '{rule.Transport}', only {string.Join(", ", Catalog.Names)}");
        }
        for (var at = 0; at < Destinations.Count; at++)
        {
            foreach (var problem in Destinations[at].Problems())
                yield return problem.Below(string.Create(CultureInfo.InvariantCulture, $"Destinations:{at}"));
        }
    }
}
