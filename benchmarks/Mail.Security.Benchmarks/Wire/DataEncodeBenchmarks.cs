using BenchmarkDotNet.Attributes;
using MailKit.Net.Smtp;
using Mail.Security.Smtp;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>From content to a DATA stream: dots doubled, the end written, bare CR, bare LF and NUL refused (RFC 5321 §4.5.2, §2.3.8).</summary>
/// <remarks>The baselines do less: they check nothing, and MailKit's filter writes no end.</remarks>
public class DataEncodeBenchmarks
{
    private const int Block = 16 * 1024;

    private readonly SmtpDataFilter _mailKit = new();
    private FixedBuffer _output = new(0);
    private byte[] _content = [];
    private byte[] _room = [];

    [Params(1024, 100 * 1024, 10 * 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Agree()
    {
        _content = MessageText.Create(Size);
        _output = new FixedBuffer(Size * 2 + 16);
        _room = new byte[Size * 2 + 16];

        var wire = _room[..(int)IndexOf_Stuff()];
        Encode();
        Agreement.OnBytes(wire, _output.Written, nameof(Encode));
        Encode_Blocks();
        Agreement.OnBytes(wire, _output.Written, nameof(Encode_Blocks));
        var filtered = _mailKit.Flush(_content, 0, _content.Length, out var start, out var length);
        Agreement.OnBytes(wire.AsSpan()[..^".\r\n".Length], filtered.AsSpan(start, length), nameof(MailKit_Stuff));
    }

    [Benchmark, Against(nameof(MailKit_Stuff), nameof(IndexOf_Stuff), nameof(Memcpy))]
    public long Encode()
    {
        _output.Clear();
        var encoder = new DataEncoder();
        encoder.Write(_content, _output);
        encoder.Complete(_output);
        return _output.Length;
    }

    [Benchmark, Against(nameof(MailKit_Stuff), nameof(IndexOf_Stuff), nameof(Memcpy))]
    public long Encode_Blocks()
    {
        _output.Clear();
        var encoder = new DataEncoder();
        for (var start = 0; start < _content.Length; start += Block)
            encoder.Write(_content.AsSpan(start, Math.Min(Block, _content.Length - start)), _output);
        encoder.Complete(_output);
        return _output.Length;
    }

    [Benchmark]
    public long IndexOf_Stuff() => IndexOfBaselines.Stuff(_content, _room);

    [Benchmark]
    public long MailKit_Stuff()
    {
        _mailKit.Reset();
        _mailKit.Flush(_content, 0, _content.Length, out _, out var length);
        return length;
    }

    [Benchmark]
    public long Memcpy()
    {
        _content.CopyTo(_room, 0);
        return _content.Length;
    }
}
