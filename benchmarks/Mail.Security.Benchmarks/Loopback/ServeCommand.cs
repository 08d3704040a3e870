using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Mail.Security.Hosting;
using Mail.Security.SmtpServer;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>The bare server with a sink that discards, for load generators: <c>serve --port 2525 [--tls] [--pool]</c>.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var port = 2525;
        SmtpServerTls? tls = null;
        var scheduling = SessionScheduling.Inline;
        for (var at = 0; at < arguments.Length; at++)
        {
            if (arguments[at] == "--tls")
                tls = new SmtpServerTls(BenchCertificate.Create());
            else if (arguments[at] == "--pool")
                scheduling = SessionScheduling.ThreadPool;
            else if (arguments[at] == "--port" && at + 1 < arguments.Length && int.TryParse(arguments[++at], NumberStyles.None, CultureInfo.InvariantCulture, out port))
                continue;
            else
                return Usage();
        }
        var server = new SmtpServerOptions { HostName = DomainName.Parse("bench.example"), Tls = tls, MaxMessageSize = 1L << 30, MaxIdleCommands = int.MaxValue };
        var options = new SmtpListenerOptions { Server = server, MaxConnections = 100_000, MaxConnectionsPerAddress = 100_000, Scheduling = scheduling };
        // The sink never blocks. The runtime reads this when the process opens its first socket.
        if (scheduling == SessionScheduling.Inline)
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        options.Endpoints.Add(new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, port)));
        await using var listener = new SmtpListener(options, new DiscardHandler());
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        await listener.StartAsync(stop.Token);
        Console.WriteLine($"serving on {listener.EndPoints[0]}{(tls is null ? "" : " with STARTTLS")}");
        await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await listener.StopAsync(CancellationToken.None);
        return 0;
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private static int Usage()
    {
        Console.Error.WriteLine("serve [--port PORT] [--tls] [--pool]");
        return 2;
    }
}
