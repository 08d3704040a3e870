using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Content;

public sealed class DataDecoderTests
{
    [Theory]
    [InlineData(".\r\n", "")]                                       // the empty message
    [InlineData("\r\n.\r\n", "\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n")]
    [InlineData("..\r\n.\r\n", ".\r\n")]                            // a dot on the first line
    [InlineData("a\r\n..b\r\n...\r\n.\r\n", "a\r\n.b\r\n..\r\n")]
    [InlineData(".a\r\n.\r\n", "a\r\n")]                            // not stuffed by the sender, dropped all the same
    [InlineData("a.\r\n.b.\r\n.\r\n", "a.\r\nb.\r\n")]
    [InlineData("\u00E4\u00FF\r\n.\r\n", "\u00E4\u00FF\r\n")]
    [Trait("rfc", "5321#4.5.2")]
    public void TryRead_Content_IsUnstuffed(string wire, string content)
    {
        var result = Decode(Wire.Bytes(wire + "QUIT\r\n"));
        Assert.Equal((true, SyntaxFault.None, content, content.Length, "QUIT\r\n"), (result.Complete, result.Fault, result.Content, (int)result.Length, result.Left));
    }

    [Theory]
    [InlineData("a\n.\nb\r\n.\r\n", SyntaxFault.BareLineFeed)]
    [InlineData("a\n.\r\nb\r\n.\r\n", SyntaxFault.BareLineFeed)]
    [InlineData("a\r\n.\nb\r\n.\r\n", SyntaxFault.BareLineFeed)]
    [InlineData("a\r.\rb\r\n.\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\r\n.\rb\r\n.\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\r\n.\r\r\n.\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\r.\r\nb\r\n.\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\0b\r\n.\r\n", SyntaxFault.NulByte)]
    [InlineData("a\r\n\0.\r\n.\r\n", SyntaxFault.NulByte)]
    [InlineData("\0\r\n\r\r\n\n\r\n.\r\n", SyntaxFault.NulByte)]       // the first of them, not the gravest
    [InlineData("a\r\0\n\r\n.\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\0\r\r\n.\r\n", SyntaxFault.NulByte)]
    [InlineData("a\n\r\0\r\n.\r\n", SyntaxFault.BareLineFeed)]
    [InlineData("a\r\n.\r\0\r\n.\r\n", SyntaxFault.BareCarriageReturn)]   // behind a dot that is dropped
    [Trait("rfc", "5321#4.1.1.4")]
    public void TryRead_BareLineEnds_NeverEndTheContentAndAreToldAfterIt(string wire, SyntaxFault fault)
    {
        var bytes = Wire.Bytes(wire + "QUIT\r\n");
        var end = wire.Length;
        Assert.Equal(SyntaxFault.None, Decode(bytes[..(end - 1)]).Fault);
        var result = Decode(bytes);
        Assert.Equal((true, fault, "QUIT\r\n"), (result.Complete, result.Fault, result.Left));
    }

    [Fact]
    public void TryRead_EveryShortStream_AsTheReferenceSays()
    {
        // Every stream of up to six of the five bytes that matter: cut nowhere, everywhere, and behind a line that moves it
        // across the blocks of the vectorised scan.
        var streams = Enumerable.Range(0, 7).SelectMany(Streams).ToList();
        Assert.Equal(19531, streams.Count);
        foreach (var stream in streams)
        {
            AssertAsReference(stream, new ReadOnlySequence<byte>(stream));
            AssertAsReference(stream, Wire.CutEverywhere(stream));
        }
    }

    [Fact]
    public void TryRead_EveryShortStreamAtEveryPlaceOfABlock_AsTheReferenceSays()
    {
        foreach (var stream in Enumerable.Range(1, 4).SelectMany(Streams))
        {
            for (var before = 20; before < 66; before++)
            {
                byte[] padded = [.. new string('x', before).Select(letter => (byte)letter), .. "\r\n"u8, .. stream, .. "\r\nyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n.\r\n"u8];
                AssertAsReference(padded, new ReadOnlySequence<byte>(padded));
            }
        }
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 3000)]
    public void TryRead_HostileStreams_AsTheReferenceSays(HostileBytes hostile)
    {
        AssertAsReference(hostile.Bytes, new ReadOnlySequence<byte>(hostile.Bytes));
        AssertAsReference(hostile.Bytes, Wire.Cut(hostile.Bytes, hostile.Cuts));
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 1000)]
    public void TryRead_ArrivingInBlocks_SameResult(HostileBytes hostile)
    {
        var whole = Decode(hostile.Bytes);
        Assert.Equal(whole, Decode(hostile.Bytes, hostile.Cuts));
        Assert.Equal(whole, Decode(hostile.Bytes, [.. Enumerable.Range(0, hostile.Bytes.Length)]));
    }

    [Theory]
    [InlineData(5, "abc\r\n.\r\n", "abc\r\n", SyntaxFault.None)]
    [InlineData(4, "abc\r\n.\r\n", "abc\r", SyntaxFault.ContentTooLarge)]
    [InlineData(6, "abc\r\n..def\r\n.\r\n", "abc\r\n.", SyntaxFault.ContentTooLarge)]
    [InlineData(6, "abc\r\n..def\n\r\n.\r\n", "abc\r\n.", SyntaxFault.BareLineFeed)]
    [InlineData(1, ".\r\n", "", SyntaxFault.None)]
    [Trait("rfc", "1870#6.3")]
    public void TryRead_OverTheLimit_DropsTheRestAndStaysInStep(long limit, string wire, string content, SyntaxFault fault)
    {
        foreach (var cuts in new int[][] { [], [1], [.. Enumerable.Range(0, wire.Length)] })
        {
            var result = Decode(Wire.Bytes(wire + "QUIT\r\n"), cuts, new DataDecoder(limit));
            Assert.Equal((true, fault, content, "QUIT\r\n"), (result.Complete, result.Fault, result.Content, result.Left));
            Assert.Equal(ReferenceDecoder.Run(Wire.Bytes(wire)).Content.Length, result.Length);
        }
    }

    [Fact]
    public void TryRead_OneSegment_HandsOutTheInputItself()
    {
        var wire = "From: a\r\n\r\n..b\r\n.\r\n"u8.ToArray();
        var input = new ReadOnlySequence<byte>(wire);
        var decoder = new DataDecoder();
        while (decoder.TryRead(ref input, out var content))
            Assert.True(content.IsSingleSegment && content.FirstSpan.Overlaps(wire));
        Assert.True(decoder.IsComplete);
    }

    [Fact]
    public void TryRead_AfterTheEnd_TakesNothing()
    {
        var decoder = new DataDecoder();
        var input = Wire.Of(".\r\nNOOP\r\n");
        Assert.False(decoder.TryRead(ref input, out _));
        Assert.True(decoder.IsComplete);
        Assert.False(decoder.TryRead(ref input, out _));
        Assert.Equal("NOOP\r\n", Wire.Text(input));
    }

    [Fact]
    public void Constructor_WithoutRoom_IsMisuse() => Assert.Throws<ArgumentOutOfRangeException>(() => new DataDecoder(0));

    private static IEnumerable<byte[]> Streams(int length) => length == 0
        ? [[]]
        : from head in Streams(length - 1) from octet in "\r\n.\0a"u8.ToArray() select (byte[])[.. head, octet];

    private static void AssertAsReference(byte[] bytes, ReadOnlySequence<byte> input)
    {
        var expected = ReferenceDecoder.Run(bytes);
        var decoder = new DataDecoder();
        var content = new ArrayBufferWriter<byte>();
        while (decoder.TryRead(ref input, out var slice))
        {
            foreach (var segment in slice)
                content.Write(segment.Span);
        }
        Assert.Equal(expected.IsComplete, decoder.IsComplete);
        Assert.Equal(expected.Fault, decoder.Fault);
        Assert.Equal(bytes.Length - expected.Consumed, input.Length);
        Assert.True(expected.Content.AsSpan().SequenceEqual(content.WrittenSpan), $"{Convert.ToHexString(bytes)}: {Convert.ToHexString(content.WrittenSpan)}");
        Assert.Equal(expected.Content.Length, decoder.ContentLength);
    }

    private static (bool Complete, SyntaxFault Fault, string Content, long Length, string Left) Decode(byte[] bytes, int[]? cuts = null, DataDecoder decoder = default)
    {
        var content = new ArrayBufferWriter<byte>();
        var rest = new ArrayBufferWriter<byte>();
        foreach (var block in Wire.Cut(bytes, cuts ?? []))
        {
            var input = new ReadOnlySequence<byte>(block);
            while (decoder.TryRead(ref input, out var slice))
                content.Write(slice.ToArray());
            rest.Write(input.ToArray());
        }
        return (decoder.IsComplete, decoder.Fault, Wire.Text(content.WrittenSpan), decoder.ContentLength, Wire.Text(rest.WrittenSpan));
    }
}
