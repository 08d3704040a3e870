using System.Globalization;
using Relay.Configuration;

namespace Relay.Demo;

/// <summary>What the cases play on: the world, the relay process of the moment, and the two places to look at it from.</summary>
internal sealed class DemoStage(DemoWorld world) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private RelayProcess? _relay;

    public DemoWorld World => world;

    /// <summary>The program that is the relay; null for this one.</summary>
    public string? Program { get; init; }

    /// <summary>Settings that differ from those of the demonstration.</summary>
    public IReadOnlyDictionary<Setting, string> Changes { get; init; } = new Dictionary<Setting, string>();

    /// <summary>A file of settings besides; null for none.</summary>
    public string? File { get; init; }

    public RelayJournal Journal { get; } = new();

    public QueueView Queue { get; } = new(world.DatabaseFile);

    public RelayProcess Relay => _relay ?? throw new InvalidOperationException("The relay was not started.");

    /// <summary>Starts a relay, the first one or one that takes over from a dead one, and waits until it takes mail.</summary>
    public async Task<Submission> StartRelayAsync(CancellationToken cancellationToken)
    {
        if (_relay is not null)
            await _relay.DisposeAsync();
        _relay = RelayProcess.Start(Settings(), Journal, Program, File);
        return new Submission(await _relay.ListeningAsync(cancellationToken), world.Authority.Certificate);
    }

    /// <summary>Looks again and again until something has happened.</summary>
    public static async Task UntilAsync(Func<Task<bool>> happened, CancellationToken cancellationToken)
    {
        while (!await happened())
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_relay is not null)
            await _relay.DisposeAsync();
        await Queue.DisposeAsync();
    }

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<Setting, string>
        {
            [Configuration.Settings.HostName] = DemoWorld.RelayName,
            [Configuration.Settings.Database] = world.DatabaseFile,
            [Configuration.Settings.Smtp] = "127.0.0.1:0",
            [Configuration.Settings.Submission] = "",
            [Configuration.Settings.Certificate] = world.CertificateFile,
            [Configuration.Settings.CertificateKey] = world.KeyFile,
            [Configuration.Settings.Resolver] = world.Dns.EndPoint.ToString(),
            [Configuration.Settings.ExtraRoots] = world.RootsFile,
            [Configuration.Settings.DeliveryNetworks] = "127.0.0.0/8",
            [Configuration.Settings.DeliveryPort] = world.Port.ToString(CultureInfo.InvariantCulture),
            [Configuration.Settings.MtaStsPort] = world.Policies.Port.ToString(CultureInfo.InvariantCulture),
            [Configuration.Settings.RetryDelays] = "3s",
            [Configuration.Settings.Lease] = "5s",
            [Configuration.Settings.StopTimeout] = "5s",
            [Configuration.Settings.LogFormat] = "Json",
        };
        foreach (var (setting, value) in Changes)
            settings[setting] = value;
        return settings.ToDictionary(pair => pair.Key.Key, pair => pair.Value);
    }
}
