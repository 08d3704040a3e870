using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.RequireTls.Tests;

public sealed class TlsRequiredScannerTests
{
    [Theory]
    [InlineData("", TlsRequiredFieldState.Absent)]
    [InlineData("\r\nTLS-Required: No\r\n", TlsRequiredFieldState.Absent)]                       // the body
    [InlineData("A: b\r\n\r\nTLS-Required: No\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("TLS-Required: No\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required: No\r\n", TlsRequiredFieldState.No)]                               // a message without body
    [InlineData("A: b\r\n c\r\ntls-required:no\r\nB: c\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-REQUIRED:\r\n\t NO \t\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required: No\r\n \r\nX: y\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required \t: No\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required: Yes\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required:\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: N\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: N o\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: N\r\n o\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: None\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No\r\n x\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No (really)\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No\r\nTLS-Required: No\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No\r\nA: b\r\ntls-required: bogus\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No\n\r\n", TlsRequiredFieldState.Invalid)]                        // only CRLF ends a line
    [InlineData("TLS-Required: N\ro\r\n\r\n", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Required: No\r", TlsRequiredFieldState.Invalid)]                            // cut short
    [InlineData("TLS-Required: No", TlsRequiredFieldState.Invalid)]
    [InlineData("TLS-Requiredx: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("XTLS-Required: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData(" TLS-Required: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("A: b\r\n TLS-Required: No\r\n\r\n", TlsRequiredFieldState.Absent)]              // part of A
    [InlineData("A: b\nTLS-Required: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("A: b\rTLS-Required: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("TLS-Required x: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("TLS-Required\r\n : No\r\n\r\n", TlsRequiredFieldState.Absent)]               // only the body of a field may be folded
    [InlineData("TLS-Required\r\n \t:\r\nTLS-Required\rNo\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("TLS-Required \r\n\t: No\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("\nTLS-Required: No\r\no\r\nTLS-Required\r\n :A: b\r\n\tx\r\n\r\n", TlsRequiredFieldState.Absent)]
    [InlineData("TLS-Required\r\n : No\r\nTLS-Required: No\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required", TlsRequiredFieldState.Absent)]
    [InlineData("\rX\r\nTLS-Required: No\r\n\r\n", TlsRequiredFieldState.No)]
    [InlineData("TLS-Required: No\r\n\rX\r\n more\r\n\r\n", TlsRequiredFieldState.No)]           // " more" continues what the CR began
    [Trait("rfc", "8689#3")]
    public void Write_HeaderSection_GivesTheField(string message, TlsRequiredFieldState expected)
    {
        var bytes = Encoding.Latin1.GetBytes(message);
        Assert.Equal(expected, Scan(bytes).Result);
        Assert.Equal(expected, Scan(bytes, [.. Enumerable.Range(0, bytes.Length)]).Result);
        Assert.Equal(expected, TlsRequiredHeader.Scan(new ReadOnlySequence<byte>(bytes)));
    }

    [Theory]
    [InlineData("A: b\r\n", false)]
    [InlineData("A: b\r\n\r", false)]
    [InlineData("A: b\r\n\r\n", true)]
    [InlineData("\r\n", true)]
    public void IsComplete_FromTheEmptyLineOn(string message, bool complete) => Assert.Equal(complete, Scan(Encoding.Latin1.GetBytes(message)).IsComplete);

    [Property(MaxTest = 3000)]
    public Property Write_CutAnywhere_SameResult() => Prop.ForAll(Messages().ToArbitrary(), Gen.Choose(0, 200).ArrayOf().ToArbitrary(), (message, cuts) =>
    {
        var bytes = Encoding.Latin1.GetBytes(message);
        var whole = Scan(bytes);
        var cut = Scan(bytes, cuts);
        return whole.Result == cut.Result && whole.IsComplete == cut.IsComplete;
    });

    [Property(MaxTest = 3000)]
    public Property Write_AnyHeader_AsAWholeMessageReaderSays() =>
        Prop.ForAll(Messages().ToArbitrary(), message => Scan(Encoding.Latin1.GetBytes(message)).Result == Reference(message));

    [Theory]
    [InlineData("TLS-Required: No\r\n", 0, TlsRequiredFieldState.No)]
    [InlineData("TLS-Required: No\r\n", 1, TlsRequiredFieldState.Invalid)]
    [InlineData("", 0, TlsRequiredFieldState.Absent)]
    [InlineData("", 1, TlsRequiredFieldState.Invalid)]         // the field may stand behind what is looked at
    public void Write_HeaderOverTheLimit_IsInvalid(string field, int over, TlsRequiredFieldState expected)
    {
        const string end = "\r\n\r\n";
        var filler = new string('a', TlsRequiredScanner.MaxHeaderLength - field.Length - end.Length + over);
        var bytes = Encoding.ASCII.GetBytes(field + filler + end + "body");
        Assert.Equal(expected, Scan(bytes).Result);
        Assert.Equal(expected, Scan(bytes, [5, 4096, bytes.Length - 8, bytes.Length - 7, bytes.Length - 6, bytes.Length - 5]).Result);
        Assert.True(Scan(bytes).IsComplete);
    }

    [Fact]
    public void Line_WrittenIntoAMessage_IsFound()
    {
        var scanner = new TlsRequiredScanner();
        scanner.Write(TlsRequiredHeader.Line);
        Assert.Equal(TlsRequiredFieldState.No, scanner.Result);
    }

    [Theory]
    [InlineData(TlsDemand.Default, TlsRequiredFieldState.Absent, TlsDemand.Default)]
    [InlineData(TlsDemand.Default, TlsRequiredFieldState.No, TlsDemand.TlsRequiredNo)]
    [InlineData(TlsDemand.Default, TlsRequiredFieldState.Invalid, TlsDemand.Default)]
    [InlineData(TlsDemand.RequireTls, TlsRequiredFieldState.Absent, TlsDemand.RequireTls)]
    [InlineData(TlsDemand.RequireTls, TlsRequiredFieldState.No, TlsDemand.RequireTls)]
    [InlineData(TlsDemand.RequireTls, TlsRequiredFieldState.Invalid, TlsDemand.RequireTls)]
    [InlineData(TlsDemand.TlsRequiredNo, TlsRequiredFieldState.Absent, TlsDemand.TlsRequiredNo)]
    [Trait("rfc", "8689#4.1")]
    public void Combine_RequireTlsWins(TlsDemand envelope, TlsRequiredFieldState header, TlsDemand expected) =>
        Assert.Equal(expected, TlsRequiredHeader.Combine(envelope, header));

    [Fact]
    public void Write_Blocks_AllocatesNothing()
    {
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Received: from a by b\r\n\twith ESMTP\r\n", 20)) + "TLS-Required: No\r\n\r\nbody");
        var input = new ReadOnlySequence<byte>(bytes);
        for (var warm = 0; warm < 30; warm++)
            Assert.Equal(TlsRequiredFieldState.No, TlsRequiredHeader.Scan(input));
        // What the scan allocates it allocates every time; what the runtime does while it compiles anew happens once.
        var least = long.MaxValue;
        for (var run = 0; run < 5 && least > 0; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < 100; round++)
                TlsRequiredHeader.Scan(input);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static Gen<string> Messages() =>
        Gen.Elements("TLS-Required", "tls-required:", "TLS-Required: No\r\n", "TLS-Required: No", ":", " ", "\t", "No", "N", "o", "\r\n", "\r\n", "\r\n ", "\r\n\t:", "\r", "\n", "A: b\r\n", "x", "\r\n\r\n")
            .ListOf().Select(pieces => string.Concat(pieces));

    // Reads with the whole message at hand: lines, then fields, then the one field.
    private static TlsRequiredFieldState Reference(string message)
    {
        var lines = message.Split("\r\n");
        var fields = new List<(string First, string Folded, bool Whole)>();
        for (var index = 0; index < lines.Length && (lines[index].Length > 0 || index == lines.Length - 1); index++)
        {
            if (index == lines.Length - 1 && lines[index].Length == 0)
                break;
            var whole = index < lines.Length - 1;
            if (fields.Count > 0 && lines[index] is [' ' or '\t', ..])
                fields[^1] = (fields[^1].First, fields[^1].Folded + lines[index], whole);
            else
                // A CR alone at the very end may be half of the empty line: the field before it is not known to have ended.
                fields.Add((lines[index], "", whole));
        }
        var cutAtEnd = fields.Count > 1 && fields[^1] == ("\r", "", false);
        var ours = fields.Select((field, index) => (Value: Value(field.First, field.Folded), Whole: field.Whole && !(cutAtEnd && index == fields.Count - 2)))
            .Where(field => field.Value is not null).ToList();
        return ours switch
        {
            [] => TlsRequiredFieldState.Absent,
            [{ Whole: true } one] when one.Value!.Trim(' ', '\t').Equals("No", StringComparison.OrdinalIgnoreCase) => TlsRequiredFieldState.No,
            _ => TlsRequiredFieldState.Invalid,
        };
    }

    // RFC 5322 §2.2.3: the body of a field may be folded. Its name and the colon stand on the first line; in the obsolete form white
    // space may come between them, but no line end (RFC 5322 §4.5.8).
    private static string? Value(string first, string folded)
    {
        var colon = first.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && first[..colon].TrimEnd(' ', '\t').Equals("TLS-Required", StringComparison.OrdinalIgnoreCase) ? first[(colon + 1)..] + folded : null;
    }

    private static TlsRequiredScanner Scan(byte[] bytes, int[]? cuts = null)
    {
        var scanner = new TlsRequiredScanner();
        var start = 0;
        foreach (var cut in (cuts ?? []).Select(cut => cut % (bytes.Length + 1)).Order().Append(bytes.Length))
        {
            scanner.Write(bytes.AsSpan(start..cut));
            start = cut;
        }
        return scanner;
    }
}
