using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Mail.Security.Benchmarks.Loopback;
using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Wire;
using Mail.Security.SmtpServer;

namespace Mail.Security.Benchmarks.Session;

/// <summary>One transaction through a whole session, without a socket: the server's own work between one write of the client and its reply.</summary>
/// <remarks>
/// Each has a floor of its own: the same bytes in the same writes through the same pipes, and as many bytes back, by a loop that looks at
/// none of them. Client and session run on one thread, so the allocations of both are counted.
/// </remarks>
public class SessionBenchmarks
{
    private MemoryTalk _lockStep = null!;
    private MemoryTalk _pipelined = null!;
    private MemoryTalk _chunked = null!;

    [Params(1024, 10 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Agree()
    {
        var script = new LoadScript(new LoadPlan { Mode = LoadMode.Pipelined, Port = 0, Size = Size });
        byte[] chunked = [.. LoadScript.Mail, .. LoadScript.Recipient, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {Size} LAST\r\n")), .. LoadScript.MessageOf(Size, 0)];
        _lockStep = new([], ["250 ", "250 ", "354 ", "250 "], LoadScript.Mail, LoadScript.Recipient, LoadScript.Data, script.Content);
        _pipelined = new(LoadScript.Envelope, ["250 ", "250 ", "250 ", "354 "], script.ContentAndEnvelope);
        _chunked = new([], ["250 ", "250 ", "250 "], chunked);
    }

    [Benchmark, Against(nameof(Floor_LockStep))]
    public long Serve_LockStep() => _lockStep.ToServer();

    [Benchmark]
    public long Floor_LockStep() => _lockStep.ToFloor();

    [Benchmark, Against(nameof(Floor_Pipelined))]
    public long Serve_Pipelined() => _pipelined.ToServer();

    [Benchmark]
    public long Floor_Pipelined() => _pipelined.ToFloor();

    [Benchmark, Against(nameof(Floor_Chunked))]
    public long Serve_Chunked() => _chunked.ToServer();

    [Benchmark]
    public long Floor_Chunked() => _chunked.ToFloor();

    /// <summary>One client of a session and one of the floor, that write the same.</summary>
    private sealed class MemoryTalk
    {
        private readonly MemoryClient _server = new();
        private readonly MemoryClient _floor = new();
        private readonly byte[][] _writes;

        public MemoryTalk(byte[] before, string[] replies, params byte[][] writes)
        {
            _writes = writes;
            var options = new SmtpServerOptions { HostName = DomainName.Parse("bench.example"), MaxMessageSize = 1L << 30, MaxIdleCommands = int.MaxValue };
            _ = new SmtpServerSession(_server, options, new DiscardHandler(), new SmtpSessionInfo(null, null)).RunAsync(CancellationToken.None);
            _server.Read(LoadScript.Hello);
            if (before.Length > 0)
                _server.Read(before);
            var answers = writes.Select(write => _server.Read(write)).ToArray();
            var lines = string.Concat(answers).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            if (!lines.Select(line => line[..4]).SequenceEqual(replies))
                throw new InvalidOperationException($"The session answers {string.Join(" / ", lines)}");
            _ = PipeFloor.RunAsync(_floor, [.. writes.Zip(answers, (write, answer) => ((long)write.Length, answer.Length))]);
            Agreement.OnNumber(ToFloor(), ToServer(), "bytes of the replies");
        }

        public long ToServer() => Say(_server);

        public long ToFloor() => Say(_floor);

        private long Say(MemoryClient client)
        {
            var heard = 0L;
            foreach (var write in _writes)
                heard += client.Say(write);
            return heard;
        }
    }
}
