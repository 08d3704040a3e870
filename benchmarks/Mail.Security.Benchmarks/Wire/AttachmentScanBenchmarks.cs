using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Mail.Security.Smtp;

namespace Mail.Security.Benchmarks.Wire;

/// <summary>
/// The strict scan for the end of DATA alone, on what most bytes of mail are: base64 lines, without a dot to remove. The bytes stay in
/// the cache, so that the scan and not the memory is measured.
/// </summary>
public class AttachmentScanBenchmarks
{
    private byte[] _wire = [];
    private byte[] _output = [];
    private ReadOnlySequence<byte> _whole;

    [Params(100 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Agree()
    {
        var line = $"{string.Concat(Enumerable.Repeat("Qm9i", 19))}\r\n";
        var lines = string.Concat(Enumerable.Repeat(line, Size / line.Length + 1))[..(Size - 2)].TrimEnd('\r');
        _wire = Encoding.ASCII.GetBytes($"{lines}\r\n.\r\n");
        _output = new byte[_wire.Length];
        _whole = new ReadOnlySequence<byte>(_wire);

        Agreement.OnNumber(IndexOf_End(), Decode(), nameof(Decode));
        Agreement.OnNumber(IndexOf_End(), IndexOf_Lines(), nameof(IndexOf_Lines));
    }

    [Benchmark, Against(nameof(Memcpy), nameof(IndexOf_End), nameof(IndexOf_Lines))]
    public long Decode()
    {
        var rest = _whole;
        var decoder = new DataDecoder(int.MaxValue);
        var length = 0L;
        while (decoder.TryRead(ref rest, out var content))
            length += content.Length;
        return decoder is { IsComplete: true, Fault: SyntaxFault.None } ? length : -1;
    }

    [Benchmark]
    public long IndexOf_End() => IndexOfBaselines.FindEnd(_wire);

    [Benchmark]
    public long IndexOf_Lines() => IndexOfBaselines.ReadLines(_wire);

    [Benchmark]
    public long Memcpy()
    {
        _wire.CopyTo(_output, 0);
        return _wire.Length;
    }
}
