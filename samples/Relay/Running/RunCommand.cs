using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Runs the relay until it is told to stop (SIGTERM, SIGINT).</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(CommandLine line)
    {
        var given = ConfigurationSources.Read(line);
        var (configuration, wrong) = new ConfigurationReader(given, TimeProvider.System).Read();
        if (configuration is null || given.Problems.Count > 0)
            return Refuse([.. given.Problems, .. wrong]);

        try
        {
            using var host = RelayHost.Build(configuration, line);
            RelayLog.Starting(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Relay"), configuration);
            var workers = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            await host.RunAsync();
            // The host stops in order when a worker breaks; a service manager must see that it was not asked to.
            return workers.Exists(worker => worker.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Ok;             // told to stop while it was still starting
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or InvalidOperationException or OptionsValidationException or CryptographicException)
        {
            await Console.Error.WriteLineAsync($"Relay cannot start: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    public static int Refuse(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            Console.Error.WriteLine($"Relay: {problem}");
        return ExitCode.BadConfiguration;
    }
}
