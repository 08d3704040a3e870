using System.Globalization;

namespace Mail.Security.Delivery;

/// <summary>One route: which attempts it is for, and the transport they take. Every condition must hold; one that is left out always does.</summary>
public sealed record RouteRule
{
    /// <summary>The recipient domains; empty for any.</summary>
    public IReadOnlyList<DomainPattern> Recipients { get; init; } = [];

    /// <summary>The senders; empty for any, the null reverse-path included.</summary>
    public IReadOnlyList<SenderPattern> Senders { get; init; } = [];

    /// <summary>The first attempt it is for, counted from 1: with 2 a message goes another way once it has failed. Default 1.</summary>
    public int MinimumAttempt { get; init; } = 1;

    /// <summary>The demands of the sender it is for; empty for any.</summary>
    public IReadOnlyList<TlsDemand> Demands { get; init; } = [];

    /// <summary>What must be known of the recipient domain's own hosts, all of it; empty for nothing.</summary>
    /// <remarks>An attempt that requires TLS asks the routes once more when it finds that the domain cannot give it: the message need not come back for that.</remarks>
    public IReadOnlyList<DestinationTrait> Known { get; init; } = [];

    /// <summary>The mail exchangers: one of those with the best preference must be meant. Empty for any, and then no MX record is looked up for the route.</summary>
    public IReadOnlyList<DomainPattern> Exchangers { get; init; } = [];

    /// <summary>The transport to take.</summary>
    public required TransportName Transport { get; init; }

    /// <summary>The conditions in words.</summary>
    /// <returns>"recipients .example.com, from attempt 2"; "all mail" without any.</returns>
    public override string ToString()
    {
        var words = new List<string>();
        Add(words, "recipients ", Recipients);
        Add(words, "senders ", Senders);
        if (MinimumAttempt > 1)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"from attempt {MinimumAttempt}"));
        Add(words, "demand ", Demands);
        Add(words, "known ", Known);
        Add(words, "exchangers ", Exchangers);
        return words.Count == 0 ? "all mail" : string.Join(", ", words);
    }

    internal IEnumerable<RoutingProblem> Problems()
    {
        if (Transport.IsEmpty)
            yield return new RoutingProblem(nameof(Transport), "a route needs a transport");
        if (MinimumAttempt < 1)
            yield return new RoutingProblem(nameof(MinimumAttempt), "attempts are counted from 1");
        if (Recipients.Contains(default) || Senders.Contains(default) || Exchangers.Contains(default))
            yield return new RoutingProblem("", "a pattern matches nothing");
    }

    internal RouteMatch Match(RouteQuery query)
    {
        if (query.Attempt < MinimumAttempt
            || !Any(Recipients, query.Recipient.Name, static (pattern, domain) => pattern.Matches(domain))
            || !Any(Senders, query.Sender, static (pattern, sender) => pattern.Matches(sender))
            || !Any(Demands, query.Demand, static (demand, asked) => demand == asked)
            || !Known.All(query.IsKnown))
            return RouteMatch.No;
        return Exchangers.Count == 0 ? RouteMatch.Yes
            : query.Exchangers is not { } hosts ? RouteMatch.AskExchangers
            : hosts.Any(host => Any(Exchangers, host, static (pattern, name) => pattern.Matches(name))) ? RouteMatch.Yes
            : RouteMatch.No;
    }

    private static bool Any<TPattern, T>(IReadOnlyList<TPattern> patterns, T value, Func<TPattern, T, bool> matches) =>
        patterns.Count == 0 || patterns.Any(pattern => matches(pattern, value));

    private static void Add<T>(List<string> words, string topic, IReadOnlyList<T> values)
    {
        if (values.Count > 0)
            words.Add(topic + string.Join(' ', values));
    }
}

/// <summary>Whether a route is for an attempt.</summary>
internal enum RouteMatch : byte
{
    No = 0,
    Yes,

    /// <summary>Yes, if the mail exchangers are.</summary>
    AskExchangers,
}
