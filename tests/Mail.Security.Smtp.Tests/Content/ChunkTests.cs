using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Content;

public sealed class ChunkTests
{
    [Theory]
    [InlineData("0", 0, ChunkKind.More)]
    [InlineData("86 LAST", 86, ChunkKind.Last)]
    [InlineData("86  last", 86, ChunkKind.Last)]
    [InlineData("000000000001", 1, ChunkKind.More)]
    [InlineData("9223372036854775807", long.MaxValue, ChunkKind.More)]
    [Trait("rfc", "3030#2")]
    public void TryRead_Header_IsSizeAndLast(string argument, long size, ChunkKind kind)
    {
        Assert.True(ChunkHeader.TryRead(Wire.Bytes(argument), out var header, out var fault));
        Assert.Equal((new ChunkHeader(size, kind), SyntaxFault.None), (header, fault));
    }

    [Theory]
    [InlineData("")]
    [InlineData("LAST")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1LAST")]
    [InlineData("1 LAS")]
    [InlineData("1 LAST 2")]
    [InlineData("1.0")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    public void TryRead_NoHeader_IsRefused(string argument)
    {
        Assert.False(ChunkHeader.TryRead(Wire.Bytes(argument), out var header, out var fault));
        Assert.Equal((default, SyntaxFault.BadChunkSize), (header, fault));
    }

    [Property(Arbitrary = [typeof(WireArbitraries)])]
    public void Decoder_AnyBytesInAnyBlocks_TakesExactlyTheChunk(HostileBytes hostile)
    {
        var size = hostile.Bytes.Length / 2;
        var decoder = new ChunkDecoder(new ChunkHeader(size, ChunkKind.Last));
        var content = new ArrayBufferWriter<byte>();
        var rest = new ArrayBufferWriter<byte>();
        foreach (var block in Wire.Cut(hostile.Bytes, hostile.Cuts))
        {
            var input = new ReadOnlySequence<byte>(block);
            while (decoder.TryRead(ref input, out var slice))
                content.Write(slice.ToArray());
            rest.Write(input.ToArray());
        }
        Assert.True(decoder.IsComplete);
        Assert.Equal(0, decoder.Remaining);
        Assert.Equal(hostile.Text, Wire.Text(content.WrittenSpan) + Wire.Text(rest.WrittenSpan));
        Assert.Equal(size, content.WrittenCount);
    }

    [Fact]
    public void Decoder_BySequenceReader_LeavesTheNextCommand()
    {
        var reader = new SequenceReader<byte>(Wire.CutEverywhere("abcQUIT\r\n"u8.ToArray()));
        var decoder = new ChunkDecoder(new ChunkHeader(3, ChunkKind.More));
        Assert.Equal((ChunkKind.More, 3L, false), (decoder.Kind, decoder.Remaining, decoder.IsComplete));
        Assert.True(decoder.TryRead(ref reader, out var content));
        Assert.Equal("abc", Wire.Text(content));
        Assert.False(decoder.TryRead(ref reader, out _));
        Assert.Equal("QUIT\r\n", Wire.Text(reader.UnreadSequence));
    }
}
