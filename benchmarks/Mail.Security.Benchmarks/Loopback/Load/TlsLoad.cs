using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mail.Security.Benchmarks.Loopback.Load;

/// <summary>Sessions of one message behind STARTTLS, or bare handshakes, so many at a time, each on a connection of its own.</summary>
internal sealed class TlsLoad(LoadPlan plan)
{
    private const int Patience = 30_000;

    private readonly LoadScript _script = new(plan with { Mode = LoadMode.Envelope });
    private readonly Latencies _latencies = new();
    private readonly Lock _lock = new();
    private long _done;
    private long _errors;
    private string? _firstError;

    public async Task<LoadResult> RunAsync()
    {
        if (plan.WarmUp > TimeSpan.Zero)
            await WorkAsync(plan.WarmUp);
        _latencies.Clear();
        _done = 0;
        var meter = LoadMeter.Start(plan.Server);
        await WorkAsync(plan.Time);
        return meter.Stop(plan, _done, _latencies, _errors, _firstError);
    }

    private async Task WorkAsync(TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, plan.Sessions).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begin) < time)
                await OneAsync();
        })));
    }

    private async Task OneAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, plan.Port), limit.Token);
            await using var clear = new NetworkStream(socket);
            if (plan.Mode == LoadMode.StartTls)
                await StartTlsAsync(clear, limit.Token);
            await using var tls = new SslStream(clear);
            await tls.AuthenticateAsClientAsync(Options(), limit.Token);
            if (plan.Mode == LoadMode.StartTls)
                await OneMessageAsync(tls, limit.Token);
            lock (_lock)
            {
                _done++;
                _latencies.Add(Stopwatch.GetTimestamp() - begun);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or InvalidDataException or OperationCanceledException)
        {
            lock (_lock)
            {
                _errors++;
                _firstError ??= $"{exception.GetType().Name}: {exception.Message}";
            }
        }
    }

    // A certificate of the moment is measured, not trusted; nothing here leaves the machine.
    private static SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = "bench.example",
        EnabledSslProtocols = SslProtocols.Tls13,
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is { Subject: "CN=bench.example" },
        AllowTlsResume = false,
    };

    private static async Task StartTlsAsync(Stream stream, CancellationToken cancellationToken)
    {
        var replies = new ReplyStream(stream);
        await replies.ExpectAsync(220, cancellationToken);
        await replies.SayAsync(LoadScript.Hello, 250, cancellationToken);
        await replies.SayAsync("STARTTLS\r\n"u8.ToArray(), 220, cancellationToken);
    }

    private async Task OneMessageAsync(Stream stream, CancellationToken cancellationToken)
    {
        var replies = new ReplyStream(stream);
        await replies.SayAsync(LoadScript.Hello, 250, cancellationToken);
        await replies.SayAsync(LoadScript.Envelope, 250, cancellationToken);
        await replies.ExpectAsync(250, cancellationToken);
        await replies.ExpectAsync(354, cancellationToken);
        await replies.SayAsync(_script.Content, 250, cancellationToken);
        await replies.SayAsync(LoadScript.Quit, 221, cancellationToken);
    }
}
