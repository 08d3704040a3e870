using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Mail.Security.Benchmarks.Loopback;
using Mail.Security.Hosting;
using Mail.Security.SmtpServer;

namespace Mail.Security.Benchmarks.Soak;

/// <summary>
/// The server of a soak, in a process of its own: one listener for connections that are idle, one with little patience for those that work.
/// For each line it reads it writes one with its counts; at the end of its input it stops as a host would.
/// </summary>
internal static class SoakServer
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var numbers = arguments.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var (idlePort, activePort, patience) = (numbers[0], numbers[1], TimeSpan.FromSeconds(numbers[2]));
        var handler = new CheckingHandler();
        using var metrics = new SmtpServerMetrics();
        using var sessions = new ActiveSessions();
        var tls = new SmtpServerTls(BenchCertificate.Create());
        await using var idle = Listen(idlePort, new SmtpServerTimeouts(), tls, handler, metrics);
        await using var active = Listen(activePort, Impatient(patience), tls, handler, metrics);
        await idle.StartAsync(CancellationToken.None);
        await active.StartAsync(CancellationToken.None);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
            var memory = GC.GetGCMemoryInfo();
            Console.WriteLine(new SoakCounts(handler.Accepted, handler.Damaged, handler.Open, sessions.Now, memory.HeapSizeBytes, memory.TotalCommittedBytes).ToLine());
        }
        await active.StopAsync(CancellationToken.None);
        await idle.StopAsync(CancellationToken.None);
        return 0;
    }

    private static SmtpListener Listen(int port, SmtpServerTimeouts timeouts, SmtpServerTls tls, CheckingHandler handler, SmtpServerMetrics metrics)
    {
        var server = new SmtpServerOptions { HostName = DomainName.Parse("bench.example"), Tls = tls, Timeouts = timeouts };
        var options = new SmtpListenerOptions { Server = server, MaxConnections = 100_000, MaxConnectionsPerAddress = 100_000 };
        options.Endpoints.Add(new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, port)));
        return new SmtpListener(options, handler, metrics: metrics);
    }

    private static SmtpServerTimeouts Impatient(TimeSpan patience) => new()
    {
        Command = patience,
        FirstCommand = patience,
        Handshake = patience,
        DataBlock = patience,
        DataGrace = patience,
        Discard = patience,
        Write = patience,
    };

    /// <summary>The server's own count of its sessions, read as an operator's meter would.</summary>
    private sealed class ActiveSessions : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _now;

        public ActiveSessions()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Name: "mail.smtp.server.active_sessions", Meter.Name: SmtpServerMetrics.MeterName })
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _now, change));
            _listener.Start();
        }

        public long Now => Interlocked.Read(ref _now);

        public void Dispose() => _listener.Dispose();
    }
}
