namespace Mail.Security.Delivery.Tests;

/// <summary>Route tables as data: what is asked, and which transport it takes.</summary>
public sealed class RouteTableTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly RouteTable Table = new(
        global:
        [
            Rule("mx", exchangers: ["mx.big.test"]),
            Rule("null", senders: ["<>"], recipients: ["reports.test"]),
            Rule("inner", recipients: [".corp.test"]),
            Rule("secure", demands: [TlsDemand.RequireTls], known: [DestinationTrait.NoRequireTls]),
            Rule("clear", demands: [TlsDemand.TlsRequiredNo], known: [DestinationTrait.NoTls, DestinationTrait.NoRequireTls]),
            Rule("later", minimumAttempt: 3),
            Rule("shadowed", recipients: [".corp.test"]),
        ],
        domains: new Dictionary<DomainName, IReadOnlyList<RouteRule>> { [DomainName.Parse("shop.test")] = [Rule("shop", recipients: ["a.test", ".b.test"])] },
        accounts: new Dictionary<string, IReadOnlyList<RouteRule>> { ["ann@home.test"] = [Rule("ann", recipients: ["a.test"]), Rule("ann2", minimumAttempt: 2)] });

    [Theory]
    [InlineData("a.test", "me@home.test", "", 1, TlsDemand.Default, "direct")]
    [InlineData("a.test", "me@home.test", "ann@home.test", 1, TlsDemand.Default, "ann")]
    [InlineData("a.test", "me@home.test", "Ann@home.test", 1, TlsDemand.Default, "direct")]
    [InlineData("c.test", "me@home.test", "ann@home.test", 1, TlsDemand.Default, "direct")]
    [InlineData("c.test", "me@home.test", "ann@home.test", 2, TlsDemand.Default, "ann2")]
    [InlineData("a.test", "me@shop.test", "ann@home.test", 1, TlsDemand.Default, "ann")]         // the account comes first
    [InlineData("a.test", "me@shop.test", "", 1, TlsDemand.Default, "shop")]
    [InlineData("x.b.test", "me@shop.test", "", 5, TlsDemand.Default, "shop")]
    [InlineData("x.a.test", "me@shop.test", "", 1, TlsDemand.Default, "direct")]
    [InlineData("a.test", "me@x.shop.test", "", 1, TlsDemand.Default, "direct")]                 // a level of a domain is of that domain alone
    [InlineData("corp.test", "me@home.test", "", 1, TlsDemand.Default, "inner")]
    [InlineData("x.corp.test", "me@home.test", "", 9, TlsDemand.Default, "inner")]
    [InlineData("reports.test", "", "", 1, TlsDemand.Default, "null")]
    [InlineData("reports.test", "me@home.test", "", 1, TlsDemand.Default, "direct")]
    [InlineData("reports.test", "me@[192.0.2.1]", "", 1, TlsDemand.Default, "direct")]
    [InlineData("a.test", "", "", 2, TlsDemand.Default, "direct")]
    [InlineData("a.test", "", "", 3, TlsDemand.Default, "later")]
    [InlineData("a.test", "", "", 4, TlsDemand.RequireTls, "later")]
    public void Select_Query_Transport(string recipient, string sender, string account, int attempt, TlsDemand demand, string expected) =>
        Assert.Equal(expected, Chosen(Query(recipient, sender, account, attempt, demand)).Transport.Value);

    [Theory]
    [InlineData(TlsDemand.RequireTls, KnownTls.Authenticated, KnownRequireTls.Unmet, "secure")]
    [InlineData(TlsDemand.RequireTls, KnownTls.Unknown, KnownRequireTls.Unmet, "secure")]
    [InlineData(TlsDemand.RequireTls, KnownTls.Unknown, KnownRequireTls.Unknown, "direct")]
    [InlineData(TlsDemand.RequireTls, KnownTls.Authenticated, KnownRequireTls.Met, "direct")]
    [InlineData(TlsDemand.Default, KnownTls.None, KnownRequireTls.Unmet, "direct")]
    [InlineData(TlsDemand.TlsRequiredNo, KnownTls.None, KnownRequireTls.Unmet, "clear")]         // all that is listed must be known
    [InlineData(TlsDemand.TlsRequiredNo, KnownTls.Encrypted, KnownRequireTls.Unmet, "direct")]
    public void Select_Knowledge_Transport(TlsDemand demand, KnownTls tls, KnownRequireTls requireTls, string expected) =>
        Assert.Equal(expected, Chosen(Query("a.test", "me@home.test", "", 1, demand) with { Knowledge = new DomainKnowledge(Then, tls, requireTls) }).Transport.Value);

    [Theory]
    [InlineData(DestinationTrait.NoTls, "None")]
    [InlineData(DestinationTrait.Tls, "Encrypted Authenticated")]
    [InlineData(DestinationTrait.NoAuthentication, "None Encrypted")]
    [InlineData(DestinationTrait.Authentication, "Authenticated")]
    public void Has_Trait_WhereItWasSeen(DestinationTrait trait, string expected) =>
        Assert.Equal(expected, string.Join(' ', Enum.GetValues<KnownTls>().Where(tls => new DomainKnowledge(Then, tls, KnownRequireTls.Unknown).Has(trait))));

    [Fact]
    public void Has_EveryTrait_HasARowAndIsNeverOfTheUnknown() =>
        Assert.All(Enum.GetValues<DestinationTrait>(), trait => Assert.False(new DomainKnowledge(Then, KnownTls.Unknown, KnownRequireTls.Unknown).Has(trait)));

    [Theory]
    [InlineData("mx.big.test", "mx")]
    [InlineData("other.test mx.big.test", "mx")]
    [InlineData("mx2.big.test", "direct")]
    [InlineData("", "direct")]
    public void Select_Exchangers_OneOfTheBestMatches(string hosts, string expected) =>
        Assert.Equal(expected, Chosen(Query("a.test", "me@home.test") with { Exchangers = [.. hosts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(DomainName.Parse)] }).Transport.Value);

    [Fact]
    public void Select_ExchangersNotLookedUp_AskedForOnlyWhereTheRestMatches()
    {
        var table = new RouteTable([Rule("a", recipients: ["a.test"], exchangers: [".big.test"]), Rule("b", recipients: ["b.test"])]);
        Assert.IsType<RouteSelection.AskExchangers>(table.Select(Bare("a.test")));
        Assert.IsType<RouteSelection.Chosen>(table.Select(Bare("b.test")));
        Assert.Equal("no route matches", Assert.IsType<RouteSelection.Chosen>(table.Select(Bare("c.test"))).Why);
    }

    [Fact]
    public void Select_Chosen_SaysWhichAndWhy() =>
        Assert.Equal("account route 2: from attempt 2", Chosen(Query("c.test", "me@home.test", "ann@home.test", 2)).Why);

    [Fact]
    public void ToString_Rule_EveryConditionInWords() => Assert.Equal(
        "recipients .a.test b.test, senders <> c.test, from attempt 2, demand RequireTls, known NoRequireTls, exchangers .d.test",
        Rule("x", [".a.test", "b.test"], ["<>", "c.test"], 2, [TlsDemand.RequireTls], [DestinationTrait.NoRequireTls], [".d.test"]).ToString());

    [Fact]
    public void Constructor_RoutesThatCannotWork_EachIsNamed()
    {
        var exception = Assert.Throws<ArgumentException>(() => new RouteTable(
            [Rule("x", minimumAttempt: 0), new RouteRule { Transport = default }],
            new Dictionary<DomainName, IReadOnlyList<RouteRule>> { [DomainName.Parse("a.test")] = [new RouteRule { Transport = TransportName.Direct, Recipients = [default] }] }));
        Assert.Contains("Routes:Global:0:MinimumAttempt: attempts are counted from 1.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Routes:Global:1:Transport: a route needs a transport.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Routes:Domains:a.test:0: a pattern matches nothing.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UsesKnowledge_OnlyWhereARouteAsks()
    {
        Assert.True(Table.UsesKnowledge);
        Assert.False(RouteTable.Empty.UsesKnowledge);
    }

    internal static RouteRule Rule(
        string transport, string[]? recipients = null, string[]? senders = null, int minimumAttempt = 1, TlsDemand[]? demands = null, DestinationTrait[]? known = null, string[]? exchangers = null) => new()
    {
        Transport = TransportName.Parse(transport),
        Recipients = [.. (recipients ?? []).Select(DomainPattern.Parse)],
        Senders = [.. (senders ?? []).Select(SenderPattern.Parse)],
        MinimumAttempt = minimumAttempt,
        Demands = demands ?? [],
        Known = known ?? [],
        Exchangers = [.. (exchangers ?? []).Select(DomainPattern.Parse)],
    };

    private static RouteSelection.Chosen Chosen(RouteQuery query) => Assert.IsType<RouteSelection.Chosen>(Table.Select(query));

    private static RouteQuery Query(string recipient, string sender, string account = "", int attempt = 1, TlsDemand demand = TlsDemand.Default) => Bare(recipient) with
    {
        Sender = sender.Length == 0 ? MailPath.Null : MailPath.Parse(sender), Account = account, Attempt = attempt, Demand = demand, Exchangers = [],
    };

    private static RouteQuery Bare(string recipient) => new() { Recipient = DeliveryWorld.Domain(recipient) };
}
