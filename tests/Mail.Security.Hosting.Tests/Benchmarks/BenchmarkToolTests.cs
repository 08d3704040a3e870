using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting.Tests.Benchmarks;

/// <summary>The tools of benchmarks/ that talk to a listener: short runs, so that they still work on the day they are needed.</summary>
public sealed class BenchmarkToolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Soak_OfSecondsWithMisbehavingClients_FindsNothing()
    {
        var (code, output) = await RunAsync("soak", "--seconds", "3", "--idle", "40", "--active", "18");
        Assert.True(code == 0, output);
        Assert.Contains("Nothing grew, nothing stuck, no reply was wrong", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("envelope")]
    [InlineData("pipelined")]
    [InlineData("bdat")]
    [InlineData("starttls")]
    [InlineData("idle")]
    public async Task Load_EveryMode_GetsTheRightReplies(string mode)
    {
        using var certificate = SelfSigned();
        var options = new SmtpListenerOptions { Server = new() { HostName = DomainName.Parse("bench.example"), Tls = new SmtpServerTls(certificate), MaxIdleCommands = int.MaxValue } };
        options.Endpoints.Add(new SmtpEndpoint(new IPEndPoint(IPAddress.Loopback, 0)));
        var handler = new CountingHandler();
        await using var listener = new SmtpListener(options, handler);
        await listener.StartAsync(TestContext.Current.CancellationToken);
        var port = ((IPEndPoint)listener.EndPoints[0]).Port.ToString(CultureInfo.InvariantCulture);

        var (code, output) = await RunAsync("load", "--mode", mode, "--port", port, "--sessions", "4", "--size", "3000", "--dots", "3", "--seconds", "0.2", "--server", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

        Assert.True(code == 0, output);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, result.GetProperty("errors").GetInt64());
        var messages = result.GetProperty("messages").GetInt64();
        Assert.True(messages > 0 && result.GetProperty("server_cpu_seconds").GetDouble() > 0, output);
        Assert.Equal(mode == "idle" ? 0 : messages, handler.Whole);
        Assert.Equal(handler.Messages, handler.Whole);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Tool());
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
            return (process.ExitCode, await output is { Length: > 0 } text ? text : await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    // From its own folder: beside the tests it would find the tests' libraries, of which some come from a framework that it does not load.
    private static string Tool()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "Mail.Security.sln")))
            root = root.Parent ?? throw new InvalidOperationException("No folder above holds Mail.Security.sln.");
        return Path.Combine(root.FullName, "benchmarks", "Mail.Security.Benchmarks", "bin", output.Parent!.Name, output.Name, "Mail.Security.Benchmarks.dll");
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 SelfSigned()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=bench.example", key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Counts messages, and those that have the length that the generator was told.</summary>
    private sealed class CountingHandler : SmtpHandler
    {
        private long _messages;
        private long _whole;

        public long Messages => Interlocked.Read(ref _messages);

        public long Whole => Interlocked.Read(ref _whole);

        public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, Mail.Security.Smtp.SmtpEnvelope envelope, CancellationToken cancellationToken) => new(new Sink(this));

        private sealed class Sink(CountingHandler owner) : MessageSink
        {
            private long _length;

            public override ValueTask WriteAsync(System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken)
            {
                _length += content.Length;
                return default;
            }

            public override ValueTask<SmtpSubmissionResult> CompleteAsync(CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref owner._messages);
                if (_length == 3000)
                    Interlocked.Increment(ref owner._whole);
                return new(new SmtpSubmissionResult.Accepted("counted"));
            }

            public override ValueTask DisposeAsync() => default;
        }
    }
}
