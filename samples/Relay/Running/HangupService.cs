using System.Runtime.InteropServices;
using Mail.Security.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Relay.Running;

/// <summary>Has the certificate files and the routes looked at when SIGHUP comes, which would end the process otherwise.</summary>
internal sealed class HangupService(IServiceProvider services, ILogger<HangupService> logger) : IHostedService, IDisposable
{
    private readonly CertificateReloader? _certificates = services.GetService<CertificateReloader>();
    private readonly RouteService _routes = services.GetRequiredService<RouteService>();
    private PosixSignalRegistration? _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangup);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();

    private void OnHangup(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_certificates is null)
            RelayLog.NothingToReload(logger);
        else
            _certificates.Request();
        _routes.Reload();
    }
}
