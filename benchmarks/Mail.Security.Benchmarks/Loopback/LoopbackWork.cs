using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Loopback.Servers;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>One kind of work, and who is measured at it in turn.</summary>
/// <param name="Group">The name by which it is chosen.</param>
/// <param name="Title">What it is called in tables.</param>
/// <param name="Plan">The load; port and server are filled in.</param>
/// <param name="Who">In the order of measurement.</param>
internal sealed record LoopbackWork(string Group, string Title, LoadPlan Plan, params IReadOnlyList<string> Who)
{
    public const string Pipelined = "1 KiB, content with the next envelope";
    public const string Envelope = "1 KiB, MAIL+RCPT+DATA in one write";
    public const string LockStep = "1 KiB, a command a round trip";
    public const string Chunked = "1 KiB by BDAT, 8 under way";
    public const string StartTls = "STARTTLS session of one message";
    public const string Many = "1 KiB, 1,024 sessions";

    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    /// <summary>The groups, idle connections, memory and the wire among them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["pipelined", "envelope", "lockstep", "sizes", "bdat", "others", "starttls", "sessions", "growth", "idle", "wire"];

    /// <summary>The works that servers are compared at, side by side.</summary>
    public static IReadOnlyList<LoopbackWork> All { get; } =
    [
        new("pipelined", Pipelined, Of(LoadMode.Pipelined, KiB), Groups.Fast),
        new("envelope", Envelope, Of(LoadMode.Envelope, KiB), Groups.Fast),
        new("lockstep", LockStep, Of(LoadMode.LockStep, KiB), Groups.Fast),
        new("others", Pipelined, Of(LoadMode.Pipelined, KiB), Contenders.Npm, Contenders.Aiosmtpd),
        new("sizes", Sized(10 * KiB), Of(LoadMode.Pipelined, 10 * KiB), Groups.ByBytes),
        new("sizes", Sized(100 * KiB), Of(LoadMode.Pipelined, 100 * KiB), Groups.ByBytes),
        new("sizes", Sized(10 * MiB), Of(LoadMode.Pipelined, 10 * MiB) with { Sessions = 4 }, Groups.ByBytes),
        new("bdat", Chunked, Of(LoadMode.Chunked, KiB), Contenders.Ours, Contenders.Floor),
        new("starttls", StartTls, Of(LoadMode.StartTls, KiB) with { Sessions = 4 }, Contenders.Ours),
        new("starttls", "TLS handshake alone", Of(LoadMode.Handshake, KiB) with { Sessions = 4 }, Contenders.BareTls),
        new("sessions", Many, Of(LoadMode.Pipelined, KiB) with { Sessions = 1024 }, Contenders.Ours),
    ];

    /// <summary>Messages from small to large on one server, from which growth is told.</summary>
    public static IReadOnlyList<LoopbackWork> Growing { get; } =
    [
        new("growth", Grown(10 * KiB), Of(LoadMode.Pipelined, 10 * KiB) with { Sessions = 8 }, Contenders.Ours),
        new("growth", Grown(MiB), Of(LoadMode.Pipelined, MiB) with { Sessions = 8 }, Contenders.Ours),
        new("growth", Grown(100 * MiB), Of(LoadMode.Pipelined, 100 * MiB) with { Sessions = 8 }, Contenders.Ours),
    ];

    public static string Sized(int size) => $"{SizeOf(size)}, content with the next envelope";

    public static string Grown(int size) => $"{SizeOf(size)}, on a server of its own";

    private static string SizeOf(int size) => size < MiB ? $"{size / KiB} KiB" : $"{size / MiB} MiB";

    private static LoadPlan Of(LoadMode mode, int size) => new() { Mode = mode, Port = 0, Size = size };

    private static class Groups
    {
        public static readonly string[] Fast = [Contenders.Ours, Contenders.SmtpSink, Contenders.Floor];
        public static readonly string[] ByBytes = [Contenders.Ours, Contenders.SmtpSink];
    }
}
