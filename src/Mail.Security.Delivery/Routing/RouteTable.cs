using System.Collections.Frozen;
using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>The routes: those of the account, then those of the sender's domain, then those of everybody; the first that matches is taken. Data without state.</summary>
/// <remarks>The same query always has the same answer, and a route that is added behind another never takes mail from it.</remarks>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, IReadOnlyList<RouteRule>> _accounts;
    private readonly FrozenDictionary<DomainName, IReadOnlyList<RouteRule>> _domains;
    private readonly IReadOnlyList<RouteRule> _global;

    /// <summary>Makes a table.</summary>
    /// <param name="global">The routes of everybody.</param>
    /// <param name="domains">Those of a domain of reverse-paths, exactly that domain; null for none.</param>
    /// <param name="accounts">Those of an account, by its exact name; null for none.</param>
    /// <exception cref="ArgumentException">A route cannot work; the message has a sentence for each problem.</exception>
    public RouteTable(IReadOnlyList<RouteRule> global, IReadOnlyDictionary<DomainName, IReadOnlyList<RouteRule>>? domains = null, IReadOnlyDictionary<string, IReadOnlyList<RouteRule>>? accounts = null)
    {
        ArgumentNullException.ThrowIfNull(global);
        _global = [.. global];
        _domains = Copy(domains).ToFrozenDictionary();
        _accounts = Copy(accounts).ToFrozenDictionary(StringComparer.Ordinal);
        if (Problems().ToList() is { Count: > 0 } problems)
            throw new ArgumentException(RoutingProblem.Sentences(problems), nameof(global));
        var all = Rules.Select(static entry => entry.Rule).ToList();
        UsesKnowledge = all.Exists(static rule => rule.Known.Count > 0);
    }

    /// <summary>The table without routes: all mail goes by "direct".</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>The number of routes, of all levels together.</summary>
    public int Count => Rules.Count();

    /// <summary>Whether a route asks what is known of a domain.</summary>
    public bool UsesKnowledge { get; }

    /// <summary>Every route with its place, such as "Routes:Global:0".</summary>
    internal IEnumerable<(string Key, RouteRule Rule)> Rules =>
    [
        .. _accounts.OrderBy(static pair => pair.Key, StringComparer.Ordinal).SelectMany(static pair => Keyed($"Routes:Accounts:{pair.Key}", pair.Value)),
        .. _domains.OrderBy(static pair => pair.Key).SelectMany(static pair => Keyed($"Routes:Domains:{pair.Key}", pair.Value)),
        .. Keyed("Routes:Global", _global),
    ];

    /// <summary>Selects the transport of an attempt.</summary>
    /// <param name="query">The attempt.</param>
    /// <returns>The transport, or that the mail exchangers are needed to tell.</returns>
    public RouteSelection Select(RouteQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Select(_accounts.GetValueOrDefault(query.Account), RouteLevel.Account, query)
            ?? (query.Sender.Domain.IsEmpty ? null : Select(_domains.GetValueOrDefault(query.Sender.Domain), RouteLevel.Domain, query))
            ?? Select(_global, RouteLevel.Global, query)
            ?? new RouteSelection.Chosen(TransportName.Direct, "no route matches");
    }

    private static RouteSelection? Select(IReadOnlyList<RouteRule>? rules, RouteLevel level, RouteQuery query)
    {
        for (var at = 0; at < (rules?.Count ?? 0); at++)
        {
            var rule = rules![at];
            switch (rule.Match(query))
            {
                case RouteMatch.Yes:
                    return new RouteSelection.Chosen(rule.Transport, string.Create(CultureInfo.InvariantCulture, $"{Name(level)} route {at + 1}: {rule}"));
                case RouteMatch.AskExchangers:
                    return new RouteSelection.AskExchangers();
            }
        }
        return null;
    }

    private IEnumerable<RoutingProblem> Problems() => Rules.SelectMany(static entry => entry.Rule.Problems().Select(problem => problem.Key.Length == 0 ? problem with { Key = entry.Key } : problem.Below(entry.Key)));

    private static IEnumerable<(string Key, RouteRule Rule)> Keyed(string key, IReadOnlyList<RouteRule> rules) =>
        rules.Select((rule, at) => (string.Create(CultureInfo.InvariantCulture, $"{key}:{at}"), rule));

    private static IEnumerable<KeyValuePair<TKey, IReadOnlyList<RouteRule>>> Copy<TKey>(IReadOnlyDictionary<TKey, IReadOnlyList<RouteRule>>? rules) =>
        rules?.Select(static pair => KeyValuePair.Create<TKey, IReadOnlyList<RouteRule>>(pair.Key, [.. pair.Value])) ?? [];

    private static string Name(RouteLevel level) => level switch
    {
        RouteLevel.Account => "account",
        RouteLevel.Domain => "domain",
        _ => "global",
    };
}
