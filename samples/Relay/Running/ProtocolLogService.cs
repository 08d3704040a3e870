using Mail.Security.SmtpServer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Relay.Configuration;

namespace Relay.Running;

/// <summary>Follows the setting ProtocolLog while the relay runs. No other setting is looked at: they hold until the next start.</summary>
internal sealed class ProtocolLogService(CommandLine line, RelayConfiguration configuration, SmtpProtocolLog log, ILogger<ProtocolLogService> logger) : IHostedService, IDisposable
{
    private readonly IConfigurationRoot _files = ConfigurationSources.Watch(line);
    private IDisposable? _watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Sources = configuration.ProtocolLog;
        _watching = ChangeToken.OnChange(_files.GetReloadToken, Reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _watching?.Dispose();
        (_files as IDisposable)?.Dispose();
    }

    // An editor may have written half a file: what is wrong changes nothing.
    private void Reload()
    {
        var (texts, problems, _) = ConfigurationSources.Read(line);
        if (problems.Count > 0)
        {
            RelayLog.NotReloaded(logger, string.Join(" ", problems));
            return;
        }
        try
        {
            var sources = Values.Networks(texts[Settings.ProtocolLog.Key]);
            if (sources.SequenceEqual(log.Sources))
                return;
            log.Sources = sources;
            RelayLog.ProtocolLogChanged(logger, sources.Count == 0 ? "none" : string.Join(", ", sources));
        }
        catch (FormatException exception)
        {
            RelayLog.NotReloaded(logger, $"{Settings.ProtocolLog.Key}: {exception.Message}.");
        }
    }
}
