using Mail.Security.Benchmarks.Loopback.Load;
using Mail.Security.Benchmarks.Loopback.Servers;

namespace Mail.Security.Benchmarks.Loopback.Report;

/// <summary>The goals for the server, each with what the samples say of it.</summary>
internal static class Goals
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    public static IEnumerable<Goal> From(Samples samples, WireFigures? wire) => [.. Cpu(samples), .. Connections(samples), .. Growth(samples), .. Wire(wire), .. Latency(samples)];

    private static IEnumerable<Goal> Cpu(Samples samples)
    {
        yield return Against(samples, LoopbackWork.Pipelined, Contenders.SmtpSink, 0.60);
        yield return Against(samples, LoopbackWork.Pipelined, Contenders.Floor, 1.6);
        yield return Against(samples, LoopbackWork.Envelope, Contenders.SmtpSink, 0.80);
        yield return Against(samples, LoopbackWork.LockStep, Contenders.SmtpSink, 0.90);
        yield return Against(samples, LoopbackWork.Sized(10 * KiB), Contenders.SmtpSink, 0.20);
        yield return Against(samples, LoopbackWork.Sized(100 * KiB), Contenders.SmtpSink, 0.085);
        yield return Against(samples, LoopbackWork.Sized(10 * MiB), Contenders.SmtpSink, 0.075);
        yield return Against(samples, LoopbackWork.Chunked, Contenders.Floor, 1.3);
        yield return Against(samples, LoopbackWork.Pipelined, Contenders.Npm, 0.20);
        yield return Against(samples, LoopbackWork.Pipelined, Contenders.Aiosmtpd, 0.06);
    }

    private static Goal Against(Samples samples, string work, string other, double limit) =>
        new(work, $"CPU × {other}", GoalSide.AtMost, limit, samples.Ratio((work, Contenders.Ours), (work, other), result => result.CpuPer10k));

    private static IEnumerable<Goal> Connections(Samples samples)
    {
        yield return new(LoopbackWork.StartTls, "CPU × bare SslStream accept", GoalSide.AtMost, 1.15,
            samples.Ratio((LoopbackWork.StartTls, Contenders.Ours), ("TLS handshake alone", Contenders.BareTls), result => result.CpuPer10k));
        var idle = samples.All.FirstOrDefault(sample => sample.Results[0].Mode == nameof(LoadMode.Idle)).Key.Work ?? "idle connections";
        yield return new(idle, "RSS of each, KiB", GoalSide.AtMost, 4, samples.Value(idle, Contenders.Ours, result => result.KibPerConnection));
        yield return new(idle, "CPU of connect + EHLO, µs", GoalSide.AtMost, 75, samples.Value(idle, Contenders.Ours, result => result.ServerCpuSeconds / result.Messages * 1e6));
        yield return new("1 KiB, from 16 to 1,024 sessions", "CPU × that of 16", GoalSide.AtMost, 1.8,
            samples.Ratio((LoopbackWork.Many, Contenders.Ours), (LoopbackWork.Pipelined, Contenders.Ours), result => result.CpuPer10k));
    }

    private static IEnumerable<Goal> Growth(Samples samples)
    {
        var (small, middle, large) = (LoopbackWork.Grown(10 * KiB), LoopbackWork.Grown(MiB), LoopbackWork.Grown(100 * MiB));
        var grown = samples.Of(large, Contenders.Ours).Zip(samples.Of(small, Contenders.Ours), (big, little) => (big.PeakKib - little.PeakKib) / 1024.0 / big.Sessions);
        yield return new("from 10 KiB to 100 MiB", "RSS of each session grows by, MiB", GoalSide.AtMost, 1, Spread.Of(grown));
        yield return new("100 MiB", "bytes/s × that of 1 MiB", GoalSide.AtLeast, 0.90, samples.Ratio((large, Contenders.Ours), (middle, Contenders.Ours), result => result.MegabytesPerSecond));
    }

    private static IEnumerable<Goal> Wire(WireFigures? wire)
    {
        yield return new("MAIL with SIZE and BODY", "parse, ns", GoalSide.AtMost, 60, wire?.MailNanoseconds);
        yield return new("MAIL with SIZE and BODY", "allocated, B", GoalSide.AtMost, 0, wire?.MailBytes);
        yield return new("RCPT with NOTIFY and ORCPT", "parse, ns", GoalSide.AtMost, 90, wire?.RecipientNanoseconds);
        yield return new("RCPT with NOTIFY and ORCPT", "allocated, B", GoalSide.AtMost, 0, wire?.RecipientBytes);
        yield return new($"strict scan for the end, {WireFigures.VectorBits} bit vectors", "speed × hot memcpy", GoalSide.AtLeast, WireFigures.VectorBits >= 512 ? 0.60 : 0.35, wire?.ScanOfMemcpy);
        yield return new("unstuff with copy", "speed × MailKit's filter", GoalSide.AtLeast, 10, wire?.UnstuffOfMailKit);
    }

    private static IEnumerable<Goal> Latency(Samples samples)
    {
        string[] works = [LoopbackWork.Pipelined, LoopbackWork.Envelope, LoopbackWork.LockStep, LoopbackWork.Chunked];
        yield return new("no 1 KiB transaction of 16 sessions", "p99 of the slowest work, ms", GoalSide.AtMost, 5,
            works.Select(work => samples.Value(work, Contenders.Ours, result => result.P99Micros / 1000)).Where(spread => spread is not null).OrderBy(spread => spread!.Value.Median).LastOrDefault());
    }
}
