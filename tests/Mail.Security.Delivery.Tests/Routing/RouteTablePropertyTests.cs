using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.Delivery.Tests;

public sealed class RouteTablePropertyTests
{
    private static readonly string[] Domains = ["a.test", "x.a.test", "b.test", "c.test"];
    private static readonly string[] Patterns = ["a.test", ".a.test", "b.test", ".test"];
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Gen<RouteRule> Rules =>
        from recipients in Some(Patterns)
        from senders in Some([.. Patterns, "<>"])
        from attempt in Gen.Choose(1, 4)
        from demands in Some(Enum.GetValues<TlsDemand>())
        from known in Some(Enum.GetValues<DestinationTrait>())
        from exchangers in Gen.Frequency((4, Gen.Constant(Array.Empty<string>())), (1, Some(Patterns)))
        from transport in Gen.Elements("one", "two", "three", "four")
        select RouteTableTests.Rule(transport, recipients, senders, attempt, demands, known, exchangers);

    private static Gen<RouteQuery> Queries =>
        from recipient in Gen.Elements(Domains)
        from sender in Gen.Elements("", "me@a.test", "me@x.a.test", "me@b.test", "me@[192.0.2.1]")
        from account in Gen.Elements("", "ann", "bob")
        from attempt in Gen.Choose(1, 5)
        from demand in Gen.Elements(Enum.GetValues<TlsDemand>())
        from tls in Gen.Elements(Enum.GetValues<KnownTls>())
        from requireTls in Gen.Elements(Enum.GetValues<KnownRequireTls>())
        from exchangers in Gen.Elements<string[]?>(null, [], ["a.test"], ["x.a.test", "b.test"])
        select new RouteQuery
        {
            Recipient = DeliveryWorld.Domain(recipient), Sender = sender.Length == 0 ? MailPath.Null : MailPath.Parse(sender), Account = account, Attempt = attempt, Demand = demand,
            Knowledge = new DomainKnowledge(Then, tls, requireTls), Exchangers = exchangers is null ? null : [.. exchangers.Select(DomainName.Parse)],
        };

    private static Gen<Routes> Tables =>
        from global in Rules.ListOf()
        from domain in Rules.ListOf()
        from account in Rules.ListOf()
        select new Routes([.. global], [.. domain], [.. account]);

    [Property(MaxTest = 500)]
    public Property Select_Twice_SameAnswer() => Prop.ForAll(Tables.ToArbitrary(), Queries.ToArbitrary(), static (routes, query) =>
        routes.Table().Select(query) == routes.Table().Select(query with { }));

    // A route that matched still does, by the same number; where none did the new one may.
    [Property(MaxTest = 1000)]
    public Property Select_ARouteAddedBehind_NoEarlierMatchChanges() => Prop.ForAll(Tables.ToArbitrary(), Queries.ToArbitrary(), Gen.Zip(Rules, Gen.Elements(Enum.GetValues<RouteLevel>())).ToArbitrary(), static (routes, query, added) =>
    {
        var before = routes.Table().Select(query);
        var level = before is RouteSelection.Chosen { Why: var why } && why.StartsWith("account", StringComparison.Ordinal) ? RouteLevel.Account
            : before is RouteSelection.Chosen { Why: var words } && words.StartsWith("domain", StringComparison.Ordinal) ? RouteLevel.Domain
            : RouteLevel.Global;
        var isBehind = added.Item2 >= level && before is not RouteSelection.Chosen { Why: "no route matches" } && (before is RouteSelection.Chosen || added.Item2 == RouteLevel.Global);
        return !isBehind || routes.With(added.Item2, added.Item1).Table().Select(query) == before;
    });

    // Whoever is told to look the exchangers up is never told so again.
    [Property(MaxTest = 500)]
    public Property Select_ExchangersKnown_Chosen() => Prop.ForAll(Tables.ToArbitrary(), Queries.ToArbitrary(), static (routes, query) =>
        routes.Table().Select(query with { Exchangers = query.Exchangers ?? [] }) is RouteSelection.Chosen);

    // The levels are one list: what the account's routes do not take is for the domain's, and then for everybody's.
    [Property(MaxTest = 500)]
    public Property Select_Levels_AreOneListBehindTheOther() => Prop.ForAll(Tables.ToArbitrary(), Queries.ToArbitrary(), static (routes, query) =>
    {
        var all = new List<RouteRule>();
        if (query.Account == "ann")
            all.AddRange(routes.Account);
        if (query.Sender.Domain == DomainName.Parse("a.test"))
            all.AddRange(routes.Domain);
        all.AddRange(routes.Global);
        var (layered, flat) = (routes.Table().Select(query), new RouteTable(all).Select(query));
        return (layered as RouteSelection.Chosen)?.Transport == (flat as RouteSelection.Chosen)?.Transport;
    });

    private static Gen<T[]> Some<T>(T[] values) => Gen.Frequency((2, Gen.Constant(Array.Empty<T>())), (1, Gen.Elements(values).Select(static one => new[] { one })), (1, Gen.Elements(values).Two().Select(static two => new[] { two.Item1, two.Item2 })));

    private sealed record Routes(IReadOnlyList<RouteRule> Global, IReadOnlyList<RouteRule> Domain, IReadOnlyList<RouteRule> Account)
    {
        public RouteTable Table() => new(
            Global,
            new Dictionary<DomainName, IReadOnlyList<RouteRule>> { [DomainName.Parse("a.test")] = Domain },
            new Dictionary<string, IReadOnlyList<RouteRule>> { ["ann"] = Account });

        public Routes With(RouteLevel level, RouteRule rule) => level switch
        {
            RouteLevel.Account => this with { Account = [.. Account, rule] },
            RouteLevel.Domain => this with { Domain = [.. Domain, rule] },
            _ => this with { Global = [.. Global, rule] },
        };
    }
}
