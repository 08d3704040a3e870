namespace Mail.Security.Smtp.Tests.Content;

/// <summary>By blocks and by strides the scanner must find what it finds byte by byte, wherever a piece lies in them.</summary>
public sealed class LineScannerTests
{
    private const int Length = 330;     // two wide strides, their blocks and a rest

    private static readonly string[] Pieces =
        ["\r", "\n", "\0", ".", "\r\n", "\n\r", "\r\r", "\n\n", "\r\n.", "\n.", "\r.", "\r\n.\r\n", "\r\n..", "\r\n\r\n", ".\r\n", "\r\n\0", "\0\n", "\r\0", "\0\r", "\n\0", "\0.\n", "\u008D\u008A.", "\u00FF"];

    public static TheoryData<int> LineLengths => [1, 31, 62, 76, 1000];

    [Theory]
    [MemberData(nameof(LineLengths))]
    public void ScanToLeadingDot_PieceAtEveryPlace_AsByteByByte(int lineLength)
    {
        foreach (var text in Texts(lineLength))
        {
            foreach (var earlier in new[] { "", "\r", "\n", "\r\n", "a" })
                Assert.Equal(ByBytes(earlier, text), ByBlocks(earlier, text));
        }
    }

    [Theory]
    [MemberData(nameof(LineLengths))]
    public void Measure_PieceAtEveryPlace_NeverCountsWhatIsNotQuiet(int lineLength)
    {
        foreach (var text in Texts(lineLength))
        {
            var quiet = QuietLength(text);
            Assert.InRange(QuietContent.MeasureWide(text), 0, quiet);
            Assert.InRange(QuietContent.MeasureNative(text), 0, quiet);
        }
    }

    [Theory]
    [MemberData(nameof(LineLengths))]
    public void Measure_CleanContent_LeavesLessThanAStride(int lineLength)
    {
        var text = Background(lineLength);
        Assert.InRange(text.Length - 1 - QuietContent.MeasureWide(text), 0, 127);
        Assert.InRange(text.Length - 1 - QuietContent.MeasureNative(text), 0, 127);
    }

    private static byte[] Background(int lineLength) =>
        Wire.Bytes(string.Concat(Enumerable.Repeat($"{new string('a', lineLength)}\r\n", Length))[..Length].TrimEnd('\r'));

    private static IEnumerable<byte[]> Texts(int lineLength)
    {
        foreach (var piece in Pieces)
        {
            for (var place = 0; place <= Length - 8; place++)
            {
                var text = Background(lineLength);
                Wire.Bytes(piece).CopyTo(text, place);
                yield return text;
            }
        }
    }

    // The number of bytes behind the first up to the first that is wrong beside its neighbour.
    private static int QuietLength(byte[] text)
    {
        for (var index = 1; index < text.Length; index++)
        {
            var unpaired = text[index] == '\n' != (text[index - 1] == '\r');
            if (unpaired || text[index] == 0 || (text[index] == '.' && text[index - 1] == '\n'))
                return index - 1;
        }
        return text.Length - 1;
    }

    private static string ByBytes(string earlier, byte[] text)
    {
        var lines = After(earlier);
        var trace = new List<string>();
        for (var index = 0; index < text.Length; index++)
        {
            if (lines.Step(text[index]))
                trace.Add($"{index} {lines.Faults} {lines.FirstFault}");
        }
        return $"{string.Join(';', trace)} {lines.Faults} {lines.FirstFault} {lines.AfterCr} {lines.AtLineStart}";
    }

    private static string ByBlocks(string earlier, byte[] text)
    {
        var lines = After(earlier);
        var trace = new List<string>();
        var start = 0;
        for (var dot = lines.ScanToLeadingDot(text); dot >= 0; dot = lines.ScanToLeadingDot(text.AsSpan(start)))
        {
            trace.Add($"{start + dot} {lines.Faults} {lines.FirstFault}");
            start += dot + 1;
        }
        return $"{string.Join(';', trace)} {lines.Faults} {lines.FirstFault} {lines.AfterCr} {lines.AtLineStart}";
    }

    private static LineScanner After(string earlier)
    {
        var lines = new LineScanner();
        foreach (var octet in Wire.Bytes(earlier))
            lines.Step(octet);
        return lines;
    }
}
