using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Content;

public sealed class LineEndNormaliserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("a\nb\n", "a\r\nb\r\n")]
    [InlineData("a\rb\r", "a\r\nb\r\n")]
    [InlineData("a\r\r\nb", "a\r\n\r\nb")]
    [InlineData("a\n\r\nb", "a\r\n\r\nb")]
    [InlineData("a\n\rb", "a\r\n\r\nb")]
    [InlineData("a\n.\nb", "a\r\n.\r\nb")]           // a lone dot that is content
    [InlineData("a\n.\r\nb", "a\r\n.\r\nb")]
    [InlineData("\n", "\r\n")]
    [InlineData("\r", "\r\n")]
    [InlineData("a\0b\n", "a\0b\r\n")]
    [Trait("rfc", "5321#2.3.8")]
    public void Write_BareLineEnds_BecomeCrlf(string content, string expected)
    {
        foreach (var room in new[] { LineEndNormaliser.MinRoom, 3, 100 })
        {
            Assert.Equal(expected, Run(Wire.Bytes(content), [], room).Text);
            Assert.Equal(expected, Run(Wire.Bytes(content), [.. Enumerable.Range(0, content.Length)], room).Text);
        }
    }

    [Theory]
    [InlineData("a\r\nb\r\n..c", true, 9)]
    [InlineData("a\r\nb\r", true, 4)]                // its LF may still come
    [InlineData("\r", true, 0)]
    [InlineData("", true, 0)]
    [InlineData("a\nb", false, 0)]
    [InlineData("a\rb", false, 0)]
    public void TryPass_Block_PassesOnlyWhenNothingChanges(string content, bool passes, int length)
    {
        var normaliser = new LineEndNormaliser();
        Assert.Equal((passes, length), (normaliser.TryPass(Wire.Bytes(content), out var taken), taken));
    }

    [Fact]
    public void TryPass_BehindAHeldCr_LeavesTheBlockToWrite()
    {
        var normaliser = new LineEndNormaliser();
        Assert.True(normaliser.TryPass("a\r"u8, out _));
        Assert.False(normaliser.TryPass("\nb"u8, out _));
        Assert.False(normaliser.TryPass("b"u8, out _));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("a", false)]
    [InlineData("a\n", true)]
    [InlineData("a\r\n", true)]
    [InlineData("a\r\nb", false)]
    public void EndsWithLineEnd_IsSaidOfWhatWasGivenOut(string content, bool expected)
    {
        Assert.Equal(expected, Run(Wire.Bytes(content), [], 100).Ended);
        Assert.Equal(expected, Run(Wire.Bytes(content), [.. Enumerable.Range(0, content.Length)], 100).Ended);
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 3000)]
    public void Write_HostileContentCutAnywhere_AsTheReferenceSays(HostileBytes hostile)
    {
        var expected = ReferenceNormaliser.Run(hostile.Text);
        Assert.Equal(expected, Run(hostile.Bytes, [], 64).Text);
        Assert.Equal(expected, Run(hostile.Bytes, hostile.Cuts, LineEndNormaliser.MinRoom).Text);
        Assert.Equal(expected, Run(hostile.Bytes, [.. Enumerable.Range(0, hostile.Bytes.Length)], 7).Text);
    }

    // Decoder, normaliser and encoder in a row, as a relay has them: whatever came in, the next hop finds one message, whose end is the end.
    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 3000)]
    public void Write_BehindTheDecoderAndBeforeTheEncoder_LeavesOneMessage(HostileBytes hostile)
    {
        var wire = Wire.Bytes(hostile.Text.Replace("\0", "", StringComparison.Ordinal) + "\r\n.\r\n");
        var reference = ReferenceDecoder.Run(wire);
        var (content, complete, fault, left) = Decode(Wire.Cut(wire, hostile.Cuts));
        Assert.Equal((reference.IsComplete, SyntaxFault.None, wire.Length - reference.Consumed), (complete, fault, left));
        Assert.Equal(ReferenceNormaliser.Run(Wire.Text(reference.Content)), Wire.Text(content));

        var encoder = new DataEncoder();
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(SyntaxFault.None, encoder.Write(content, output));
        Assert.Equal(SyntaxFault.None, encoder.Complete(output));
        var next = ReferenceDecoder.Run(output.WrittenSpan.ToArray());
        Assert.Equal((true, output.WrittenCount, Wire.Text(content)), (next.IsComplete, next.Consumed, Wire.Text(next.Content)));
    }

    [Theory]
    [InlineData("a\0\nb\r\n.\r\n", SyntaxFault.NulByte)]      // a bare LF does not hide what is refused all the same
    [InlineData("a\nb\rc\r\n.\r\n", SyntaxFault.None)]
    [InlineData("abcdefghi\r\n.\r\n", SyntaxFault.ContentTooLarge)]
    public void Decoder_WithNormalising_TellsOnlyOtherFaults(string wire, SyntaxFault expected)
    {
        var decoder = new DataDecoder(10, BareLineEndPolicy.Normalise);
        var input = Wire.Of(wire);
        while (decoder.TryRead(ref input, out _))
            Assert.Equal(SyntaxFault.None, decoder.Fault);
        Assert.Equal((true, expected), (decoder.IsComplete, decoder.Fault));
    }

    [Theory]
    [InlineData("a\nb\r", SyntaxFault.None)]
    [InlineData("a\n\0", SyntaxFault.NulByte)]
    public void Check_WithNormalising_TellsOnlyNul(string content, SyntaxFault expected)
    {
        var check = new ContentCheck(BareLineEndPolicy.Normalise);
        check.Write(Wire.Bytes(content));
        Assert.Equal((expected, expected), (check.Fault, check.GetFault()));
    }

    [Fact]
    public void Write_WithoutRoom_IsMisuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LineEndNormaliser().Write("a"u8, new byte[1], out _));

    private static (byte[] Content, bool Complete, SyntaxFault Fault, int Left) Decode(ReadOnlySequence<byte> input)
    {
        var decoder = new DataDecoder(long.MaxValue, BareLineEndPolicy.Normalise);
        var normaliser = new LineEndNormaliser();
        var content = new ArrayBufferWriter<byte>();
        while (decoder.TryRead(ref input, out var slice))
        {
            foreach (var segment in slice)
                Take(ref normaliser, segment.Span, new byte[16], content);
        }
        return (content.WrittenSpan.ToArray(), decoder.IsComplete, decoder.Fault, (int)input.Length);
    }

    private static (string Text, bool Ended) Run(byte[] bytes, int[] cuts, int room)
    {
        var normaliser = new LineEndNormaliser();
        var content = new ArrayBufferWriter<byte>();
        var buffer = new byte[room];
        foreach (var block in Wire.Cut(bytes, cuts))
            Take(ref normaliser, block.Span, buffer, content);
        var ended = normaliser.EndsWithLineEnd;
        content.Write(buffer.AsSpan(0, normaliser.Complete(buffer)));
        return (Wire.Text(content.WrittenSpan), ended);
    }

    private static void Take(ref LineEndNormaliser normaliser, ReadOnlySpan<byte> block, byte[] buffer, ArrayBufferWriter<byte> content)
    {
        if (normaliser.TryPass(block, out var length))
        {
            content.Write(block[..length]);
            return;
        }
        while (!block.IsEmpty)
        {
            content.Write(buffer.AsSpan(0, normaliser.Write(block, buffer, out var consumed)));
            block = block[consumed..];
        }
    }
}
