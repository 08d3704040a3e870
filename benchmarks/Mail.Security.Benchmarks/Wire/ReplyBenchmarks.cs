using System.Buffers;
using BenchmarkDotNet.Attributes;
using Mail.Security.Smtp;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>From received bytes to a whole reply, of one line and of the eleven lines of an EHLO answer (RFC 5321 §4.2).</summary>
public class ReplyBenchmarks
{
    private static readonly byte[] OneLine = "250 2.1.5 Recipient ok\r\n"u8.ToArray();
    private static readonly byte[] EhloLines = [.. "250-mx.b.example greets a.example\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n"u8,
        .. "250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n250-DSN\r\n250-REQUIRETLS\r\n250-AUTH SCRAM-SHA-256 PLAIN\r\n250 LIMITS RCPTMAX=100\r\n"u8];

    private readonly byte[] _scratch = new byte[4096];
    private readonly ReadOnlySequence<byte> _one = new(OneLine);
    private readonly ReadOnlySequence<byte> _ehlo = new(EhloLines);
    private readonly ReadOnlySequence<byte> _ehloCut = Segments.Cut(EhloLines, 100);

    [GlobalSetup]
    public void Agree()
    {
        Agreement.OnNumber(IndexOf_OneLine(), Read_OneLine(), nameof(Read_OneLine));
        Agreement.OnNumber(IndexOf_Ehlo(), Read_Ehlo(), nameof(Read_Ehlo));
        Agreement.OnNumber(IndexOf_Ehlo(), Read_EhloCut(), nameof(Read_EhloCut));
    }

    [Benchmark, Against(nameof(IndexOf_OneLine))]
    public long Read_OneLine() => ReadReply(_one);

    [Benchmark]
    public long IndexOf_OneLine() => IndexOfBaselines.SplitReply(_one.FirstSpan);

    [Benchmark, Against(nameof(IndexOf_Ehlo))]
    public long Read_Ehlo() => ReadReply(_ehlo);

    [Benchmark, Against(nameof(IndexOf_Ehlo))]
    public long Read_EhloCut() => ReadReply(_ehloCut);

    [Benchmark]
    public long IndexOf_Ehlo() => IndexOfBaselines.SplitReply(_ehlo.FirstSpan);

    private long ReadReply(in ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (SmtpReplyReader.TryRead(ref reader, _scratch, out var reply, out _) != ReadStatus.Complete)
            return -1;
        long sum = reply.Code;
        foreach (var line in reply)
            sum += line.Length;
        return sum;
    }
}
