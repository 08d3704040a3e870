using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Mail.Security.Delivery;

/// <summary>The transports by name. It does not change; <see cref="TransportName.Direct"/> is always in it.</summary>
public sealed class TransportCatalog
{
    private readonly FrozenDictionary<TransportName, TransportDefinition> _transports;

    /// <summary>Makes a catalog.</summary>
    /// <param name="transports">The transports. One named "direct" says how mail goes for which no route says otherwise; without it such mail goes to the domain's own mail exchangers.</param>
    /// <exception cref="ArgumentException">A name is empty, or a transport cannot work; the message has a sentence for each problem.</exception>
    public TransportCatalog(IReadOnlyDictionary<TransportName, TransportDefinition> transports)
    {
        ArgumentNullException.ThrowIfNull(transports);
        if (Check(transports).ToList() is { Count: > 0 } problems)
            throw new ArgumentException(RoutingProblem.Sentences(problems), nameof(transports));
        var all = new Dictionary<TransportName, TransportDefinition> { [TransportName.Direct] = new TransportDefinition.Direct() };
        foreach (var (name, transport) in transports)
            all[name] = transport;
        _transports = all.ToFrozenDictionary();
    }

    /// <summary>The catalog with nothing but "direct".</summary>
    public static TransportCatalog Default { get; } = new(FrozenDictionary<TransportName, TransportDefinition>.Empty);

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<TransportName> Names => [.. _transports.Keys.Order()];

    /// <summary>Finds a transport.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="transport">The transport, or null.</param>
    /// <returns>False when there is none of that name.</returns>
    public bool TryGet(TransportName name, [NotNullWhen(true)] out TransportDefinition? transport) => _transports.TryGetValue(name, out transport);

    /// <summary>Finds what would keep a catalog from being made.</summary>
    /// <param name="transports">The transports.</param>
    /// <returns>Every problem, not only the first.</returns>
    public static IEnumerable<RoutingProblem> Check(IReadOnlyDictionary<TransportName, TransportDefinition> transports)
    {
        ArgumentNullException.ThrowIfNull(transports);
        foreach (var (name, transport) in transports)
        {
            if (name.IsEmpty)
                yield return new RoutingProblem("Transports", "a transport has no name");
            foreach (var problem in transport.Problems())
                yield return problem.Below($"Transports:{name}");
        }
        foreach (var problem in SharedProxyNames(transports))
            yield return problem;
    }

    // What is counted under a name must be one proxy. One that serves several transports may have another weight in each.
    private static IEnumerable<RoutingProblem> SharedProxyNames(IReadOnlyDictionary<TransportName, TransportDefinition> transports)
    {
        var known = new Dictionary<string, (SocksProxy Proxy, TransportName Owner)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, socks) in transports.Select(static pair => (pair.Key, pair.Value as TransportDefinition.Socks)).Where(static pair => pair.Item2 is not null).OrderBy(static pair => pair.Key))
        {
            foreach (var proxy in socks!.Proxies)
            {
                if (!known.TryAdd(proxy.Name, (proxy with { Weight = 1 }, name)) && known[proxy.Name] is var (former, owner) && owner != name && former != proxy with { Weight = 1, Name = former.Name })
                    yield return new RoutingProblem($"Transports:{name}:Proxies", $"the transport '{owner}' has another proxy with the name '{proxy.Name}'");
            }
        }
    }
}
