using Mail.Security.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Mail.Security.Hosting.Tests;

public sealed class RouteReloaderTests
{
    private readonly Dictionary<string, string?> _values = new() { ["Transports:no:Kind"] = "Fail", ["Routes:Global:0:Transport"] = "no" };

    [Fact]
    public async Task Change_Right_InForceWithTheNextAttempt()
    {
        var configuration = Build();
        await using var provider = Services(configuration);
        var routing = provider.GetRequiredService<DeliveryRouting>();
        await provider.GetRequiredService<RouteReloader>().StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, routing.Current.Table.Count);

        configuration["Routes:Global:1:Transport"] = "direct";
        configuration.Reload();

        Assert.Equal(2, routing.Current.Table.Count);
        Assert.Same(routing, provider.GetRequiredService<DeliveryRouting>());
    }

    [Fact]
    public async Task Change_Wrong_TheFormerStaysAndTheLogSaysWhy()
    {
        var (configuration, logger) = (Build(), new LineLogger<RouteReloader>());
        var routing = new DeliveryRouting(Assert.IsType<RouteReading.Usable>(RouteConfiguration.Read(configuration)).Routes);
        using var reloader = new RouteReloader(configuration, routing, logger);
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        var former = routing.Current;

        configuration["Routes:Global:0:Transport"] = "gone";
        configuration["Transports:no:Code"] = "250";
        configuration.Reload();

        Assert.Same(former, routing.Current);
        Assert.Contains(logger.Lines, static line => line.Contains("Routes:Global:0:Transport: there is no transport 'gone', only direct, no.", StringComparison.Ordinal)
            && line.Contains("Transports:no:Code: '250' is not a whole number from 400 to 599.", StringComparison.Ordinal));

        await reloader.StopAsync(TestContext.Current.CancellationToken);
        configuration["Routes:Global:0:Transport"] = "direct";
        configuration["Transports:no:Code"] = "550";
        configuration.Reload();
        Assert.Same(former, routing.Current);
        Assert.IsType<RouteReading.Usable>(reloader.Reload());
        Assert.NotSame(former, routing.Current);
    }

    [Fact]
    public void Reload_PartOfASectionIsThereNoMore_TakenForAFileThatIsBeingWritten()
    {
        var folder = Directory.CreateTempSubdirectory("mailsec-reload");
        try
        {
            var (one, other) = (Path.Combine(folder.FullName, "a.json"), Path.Combine(folder.FullName, "b.json"));
            File.WriteAllText(one, """{ "Destinations": [ { "Domains": ".bank.example" } ] }""");
            File.WriteAllText(other, """{ "Destinations": [ { "LeastTls": "Authenticate" } ] }""");
            var configuration = new ConfigurationBuilder().AddJsonFile(one).AddJsonFile(other, optional: true).Build();
            var routing = new DeliveryRouting(Assert.IsType<RouteReading.Usable>(RouteConfiguration.Read(configuration)).Routes);
            using var reloader = new RouteReloader(configuration, routing);
            var former = routing.Current;

            File.Delete(other);
            configuration.Reload();

            Assert.Contains("b.json", Assert.Single(Assert.IsType<RouteReading.Unusable>(reloader.Reload()).Problems).ToString(), StringComparison.Ordinal);
            Assert.Same(former, routing.Current);

            File.WriteAllText(other, """{ "Destinations": {} }""");
            configuration.Reload();
            Assert.IsType<RouteReading.Usable>(reloader.Reload());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Reload_NothingIsThereAnyMore_TakenForAFileThatIsBeingWritten()
    {
        var routing = new DeliveryRouting(Assert.IsType<RouteReading.Usable>(RouteConfiguration.Read(Build())).Routes);
        using var vanished = new RouteReloader(new ConfigurationBuilder().AddInMemoryCollection().Build(), routing);
        Assert.IsType<RouteReading.Unusable>(vanished.Reload());
        Assert.Equal(1, routing.Current.Table.Count);
        using var emptied = new RouteReloader(new ConfigurationBuilder().AddInMemoryCollection([new("Routes", null), new("Transports", null)]).Build(), routing);
        Assert.IsType<RouteReading.Usable>(emptied.Reload());
        Assert.Equal(0, routing.Current.Table.Count);
        Assert.IsType<RouteReading.Usable>(vanished.Reload());
    }

    [Theory]
    [InlineData("Transports")]
    [InlineData("Routes")]
    [InlineData("Destinations")]
    public void Reload_OneSectionIsThereNoMore_AllStaysAndTheProblemNamesIt(string section)
    {
        (_values["Transports:direct:Kind"], _values["Transports:direct:Families"]) = ("Direct", "IPv4");
        (_values["Destinations:0:Domains"], _values["Destinations:0:LeastTls"]) = ("a.test", "Authenticate");
        _values.Remove("Transports:no:Kind");
        _values["Routes:Global:0:Transport"] = "direct";
        var routing = new DeliveryRouting(Assert.IsType<RouteReading.Usable>(RouteConfiguration.Read(Build())).Routes);
        var former = routing.Current;
        foreach (var key in _values.Keys.Where(key => key.StartsWith($"{section}:", StringComparison.Ordinal)).ToList())
            _values.Remove(key);

        using var reloader = new RouteReloader(Build(), routing);
        Assert.Equal([section], Assert.IsType<RouteReading.Unusable>(reloader.Reload()).Problems.Select(static problem => problem.Key));
        Assert.Same(former, routing.Current);

        _values[section] = null;
        using var emptied = new RouteReloader(Build(), routing);
        Assert.IsType<RouteReading.Usable>(emptied.Reload());
    }

    [Fact]
    public async Task Start_Wrong_TheHostDoesNotStart()
    {
        _values["Routes:Global:0:Transport"] = "gone";
        await using var provider = Services(Build());
        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetServices<IHostedService>().ToList());
        Assert.Equal(["Routes:Global:0:Transport: there is no transport 'gone', only direct, no."], exception.Failures);
    }

    private IConfigurationRoot Build() => new ConfigurationBuilder().AddInMemoryCollection(_values).Build();

    private static ServiceProvider Services(IConfiguration configuration) => new ServiceCollection().AddLogging().AddMailRoutes(configuration).BuildServiceProvider();
}
