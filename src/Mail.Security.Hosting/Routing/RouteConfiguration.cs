using Mail.Security.Delivery;
using Mail.Security.Transports;
using Microsoft.Extensions.Configuration;

namespace Mail.Security.Hosting;

/// <summary>Reads transports, routes and destination policies from the sections Transports, Routes and Destinations of a configuration.</summary>
/// <remarks>
/// <para>Every key, name, code, domain and file is looked at before anything is used; a key that is not known is a problem too, since it is a misspelt one as a rule.</para>
/// <para>The name of an account is compared letter for letter with the one that logged in. Keys of a configuration ignore case and are parted by colons, so of accounts that differ in case
/// only, one can have routes, and one with a colon cannot.</para>
/// <para>Lists are arrays, or one text with commas. A secret is in a file (PasswordFile) or in a variable of the environment (PasswordVariable), never in the configuration.</para>
/// </remarks>
public static class RouteConfiguration
{
    /// <summary>The names of the sections that are read.</summary>
    public static IReadOnlyList<string> Sections { get; } = ["Transports", "Routes", "Destinations"];

    /// <summary>Reads the sections. Files of secrets are read as well.</summary>
    /// <param name="configuration">The configuration that holds the sections; what else is in it is left alone.</param>
    /// <param name="former">
    /// The routes in force until now; null for none. A transport that logs in as before keeps the object it logs in with, so that its open connections serve the next message too
    /// (decision 0011), and what was derived from its password is not derived again.
    /// </param>
    /// <returns>The routes, or every problem there is.</returns>
    public static RouteReading Read(IConfiguration configuration, DeliveryRoutes? former = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var problems = new List<RoutingProblem>();
        var root = new SectionReader(configuration, "", problems);
        var transports = ReadTransports(root, former?.Catalog ?? TransportCatalog.Default, problems);
        var (global, domains, accounts) = ReadRoutes(root);
        problems.AddRange(AmbiguousAccounts(configuration));
        var destinations = root.Items("Destinations").Select(ReadDestination).ToList();
        problems.AddRange(DanglingTransports(new SectionReader(configuration.GetSection("Routes"), "Routes", []), [TransportName.Direct, .. transports.Names]));
        if (problems.Count > 0)
            return new RouteReading.Unusable(problems);
        try
        {
            return new RouteReading.Usable(new DeliveryRoutes(new TransportCatalog(transports.Made), new RouteTable(global, domains, accounts), destinations));
        }
        catch (ArgumentException exception)     // what the parts find in themselves, each with its key
        {
            return new RouteReading.Unusable([new RoutingProblem("Routes", exception.Message.TrimEnd('.'))]);
        }
    }

    private static (Dictionary<TransportName, TransportDefinition> Made, HashSet<TransportName> Names) ReadTransports(SectionReader root, TransportCatalog former, List<RoutingProblem> problems)
    {
        var (made, names) = (new Dictionary<TransportName, TransportDefinition>(), new HashSet<TransportName>());
        foreach (var (text, section) in root.Named("Transports"))
        {
            if (!TransportName.TryParse(text, out var name))
            {
                section.Add("", "the name of a transport has 1 to 64 letters, digits, hyphens, underscores and dots, the first a letter or digit");
                continue;
            }
            names.Add(name);
            var before = problems.Count;
            if (TransportReader.Read(name, section) is { } transport && problems.Count == before)
                made[name] = KeepLogin(transport, former.TryGet(name, out var was) ? was : null);
        }
        problems.AddRange(TransportCatalog.Check(made));
        return (made, names);
    }

    private static TransportDefinition KeepLogin(TransportDefinition transport, TransportDefinition? former)
    {
        if (transport is not TransportDefinition.Submission { Authentication: { } login } submission
            || former is not TransportDefinition.Submission { Authentication: { } kept } || !login.IsEquivalentTo(kept))
            return transport;
        login.Credentials.Dispose();
        return submission with { Authentication = kept };
    }

    private static (List<RouteRule> Global, Dictionary<DomainName, IReadOnlyList<RouteRule>> Domains, Dictionary<string, IReadOnlyList<RouteRule>> Accounts) ReadRoutes(SectionReader root)
    {
        var routes = root.Below("Routes");
        var global = routes.Items("Global").Select(ReadRule).ToList();
        var domains = new Dictionary<DomainName, IReadOnlyList<RouteRule>>();
        foreach (var (text, section) in routes.Named("Domains"))
        {
            var rules = section.Items("").Select(ReadRule).ToList();
            if (!DomainName.TryParse(text, out var domain))
                section.Add("", "that is not a domain name");
            else if (!domains.TryAdd(domain, rules))
                section.Add("", "the domain has routes already, in another spelling");
        }
        var accounts = new Dictionary<string, IReadOnlyList<RouteRule>>(StringComparer.Ordinal);
        foreach (var (account, section) in routes.Named("Accounts"))
        {
            if (section.IsList)
                accounts[account] = [.. section.Items("").Select(ReadRule)];
            else
                section.Add("", "a list of routes is meant; the name of an account with routes of its own cannot hold a colon, which parts the keys of a configuration");
        }
        routes.Finish();
        return (global, domains, accounts);
    }

    // Keys ignore case and accounts do not: of two spellings in two sources the routes would be mixed, under one of them.
    private static IEnumerable<RoutingProblem> AmbiguousAccounts(IConfiguration configuration) =>
        from spelling in (configuration as IConfigurationRoot)?.Providers.SelectMany(static provider => provider.GetChildKeys([], "Routes:Accounts")).Distinct(StringComparer.Ordinal) ?? []
        group spelling by spelling.ToUpperInvariant() into spellings
        where spellings.Count() > 1
        select new RoutingProblem($"Routes:Accounts:{spellings.First()}", $"the account is also written {string.Join(", ", spellings.Skip(1).Select(static other => $"'{other}'"))}; accounts that differ in case only cannot have routes of their own");

    private static RouteRule ReadRule(SectionReader section)
    {
        var rule = new RouteRule
        {
            Recipients = section.List("Recipients", ConfigurationText.Pattern),
            Senders = section.List("Senders", ConfigurationText.Sender),
            MinimumAttempt = section.Value("MinimumAttempt", 1, static text => ConfigurationText.Number(text, 1, 1000)),
            Demands = section.List("Demands", ConfigurationText.Word<TlsDemand>),
            Known = section.List("Known", ConfigurationText.Word<DestinationTrait>),
            Exchangers = section.List("Exchangers", ConfigurationText.Pattern),
            Transport = section.Required("Transport", ConfigurationText.Transport),
        };
        section.Finish();
        return rule;
    }

    // Asked of the texts, so that a transport which is there and faulty is not reported as missing as well.
    private static IEnumerable<RoutingProblem> DanglingTransports(SectionReader routes, HashSet<TransportName> names) =>
        from reader in routes.Rules()
        let text = reader.Text("Transport")
        where TransportName.TryParse(text, out var name) && !names.Contains(name)
        select new RoutingProblem($"{reader.Path}:Transport", $"there is no transport '{text}', only {string.Join(", ", names.Order())}");

    private static DestinationPolicy ReadDestination(SectionReader section)
    {
        var policy = new DestinationPolicy
        {
            Domains = section.List("Domains", ConfigurationText.Pattern),
            Families = section.Families(),
            LeastTls = section.Value("LeastTls", TlsFloor.Opportunistic, ConfigurationText.Word<TlsFloor>),
            Dane = section.Value("Dane", DaneRequirement.WherePublished, ConfigurationText.Word<DaneRequirement>),
            LeastVersion = section.Value("LeastVersion", LeastTlsVersion.Tls12, ConfigurationText.Word<LeastTlsVersion>),
            MaxConnections = section.Value("MaxConnections", (int?)null, static text => ConfigurationText.Number(text, 1, 1000)),
            Rate = section.Value("Rate", (MessageRate?)null, static text => ConfigurationText.Rate(text)),
        };
        if (policy.Domains.Count == 0)
            section.Add("Domains", "at least one domain is needed");
        section.Finish();
        return policy;
    }
}
