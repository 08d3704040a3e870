using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailKit.Net.Smtp;
using Mail.Security.Smtp;
using MimeKit.IO.Filters;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>From a DATA stream to content: the end found, dots removed, bare CR, bare LF and NUL looked for (RFC 5321 §4.5.2, §2.3.8).</summary>
/// <remarks>
/// The baselines do less: <see cref="IndexOf_Unstuff"/> checks nothing, MailKit's filter does not know the end (it is given content
/// without it) and checks nothing, MimeKit's filter only repairs line ends.
/// </remarks>
public class DataDecodeBenchmarks
{
    private const int PipeSegment = 4096;

    private readonly SmtpDataFilter _mailKit = new(decode: true);
    private readonly Unix2DosFilter _mimeKit = new(ensureNewLine: false);
    private byte[] _wire = [];
    private byte[] _output = [];
    private ReadOnlySequence<byte> _whole;
    private ReadOnlySequence<byte> _segments;

    [Params(1024, 100 * 1024, 10 * 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Agree()
    {
        var content = MessageText.Create(Size);
        _output = new byte[Size * 2 + 16];
        _wire = _output[..IndexOfBaselines.Stuff(content, _output)];
        _whole = new ReadOnlySequence<byte>(_wire);
        _segments = Segments.Cut(_wire, PipeSegment);

        Agreement.OnNumber(Size, Decode(), nameof(Decode));
        Agreement.OnNumber(Size, Decode_Segments(), nameof(Decode_Segments));
        Agreement.OnNumber(Size, IndexOf_Lines(), nameof(IndexOf_Lines));
        Agreement.OnNumber(_wire.Length - ".\r\n".Length, IndexOf_End(), nameof(IndexOf_End));
        AgreeOnContent(content, Decode_Copy(), nameof(Decode_Copy));
        AgreeOnContent(content, IndexOf_Unstuff(), nameof(IndexOf_Unstuff));
        var filtered = _mailKit.Flush(_wire, 0, _wire.Length - ".\r\n".Length, out var start, out var length);
        Agreement.OnBytes(content, filtered.AsSpan(start, length), nameof(MailKit_Unstuff));
        _mailKit.Reset();
        filtered = _mimeKit.Flush(content, 0, content.Length, out start, out length);
        Agreement.OnBytes(content, filtered.AsSpan(start, length), nameof(MimeKit_LineEnds));
        _mimeKit.Reset();
    }

    [Benchmark, Against(nameof(IndexOf_Lines), nameof(IndexOf_End), nameof(Memcpy))]
    public long Decode() => Decode(_whole);

    [Benchmark, Against(nameof(IndexOf_Lines), nameof(IndexOf_End), nameof(Memcpy))]
    public long Decode_Segments() => Decode(_segments);

    [Benchmark, Against(nameof(MailKit_Unstuff), nameof(MimeKit_LineEnds), nameof(IndexOf_Unstuff), nameof(Memcpy))]
    public long Decode_Copy()
    {
        var rest = _whole;
        var decoder = new DataDecoder(int.MaxValue);
        var length = 0;
        while (decoder.TryRead(ref rest, out var content))
        {
            content.CopyTo(_output.AsSpan(length));
            length += (int)content.Length;
        }
        return decoder is { IsComplete: true, Fault: SyntaxFault.None } ? length : -1;
    }

    [Benchmark]
    public long IndexOf_End() => IndexOfBaselines.FindEnd(_wire);

    [Benchmark]
    public long IndexOf_Lines() => IndexOfBaselines.ReadLines(_wire);

    [Benchmark]
    public long IndexOf_Unstuff() => IndexOfBaselines.Unstuff(_wire, _output);

    [Benchmark]
    public long MailKit_Unstuff()
    {
        _mailKit.Reset();
        _mailKit.Flush(_wire, 0, _wire.Length - ".\r\n".Length, out _, out var length);
        return length;
    }

    [Benchmark]
    public long MimeKit_LineEnds()
    {
        _mimeKit.Reset();
        _mimeKit.Flush(_wire, 0, _wire.Length, out _, out var length);
        return length;
    }

    [Benchmark]
    public long Memcpy()
    {
        _wire.CopyTo(_output, 0);
        return _wire.Length;
    }

    private static long Decode(ReadOnlySequence<byte> rest)
    {
        var decoder = new DataDecoder(int.MaxValue);
        var length = 0L;
        while (decoder.TryRead(ref rest, out var content))
            length += content.Length;
        return decoder is { IsComplete: true, Fault: SyntaxFault.None } ? length : -1;
    }

    private void AgreeOnContent(byte[] content, long length, string who) => Agreement.OnBytes(content, _output.AsSpan(0, (int)length), who);
}
