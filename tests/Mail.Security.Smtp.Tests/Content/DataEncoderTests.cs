using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Content;

public sealed class DataEncoderTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]                         // RFC 5321 §4.1.1.4: the missing CRLF is added
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("\r\n", "\r\n.\r\n")]
    [InlineData("a.b\r\n..c\r\n", "a.b\r\n...c\r\n.\r\n")]
    [Trait("rfc", "5321#4.5.2")]
    public void Write_Content_IsStuffedAndEnded(string content, string wire)
    {
        Assert.Equal((SyntaxFault.None, wire), Encode(Wire.Bytes(content), []));
        Assert.Equal((SyntaxFault.None, wire), Encode(Wire.Bytes(content), [.. Enumerable.Range(0, content.Length)]));
    }

    [Theory]
    [InlineData("a\nb", SyntaxFault.BareLineFeed)]
    [InlineData("a\r\n.\nb\r\n", SyntaxFault.BareLineFeed)]
    [InlineData("a\rb", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\r", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\r\r\n", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\0", SyntaxFault.NulByte)]
    [InlineData("a\0\r\n\n", SyntaxFault.NulByte)]              // the first of them
    [InlineData("a\r\0", SyntaxFault.BareCarriageReturn)]
    [InlineData("a\0\r", SyntaxFault.NulByte)]
    [Trait("rfc", "5321#2.3.8")]
    public void Write_WhatDataCannotCarry_IsRefused(string content, SyntaxFault fault)
    {
        var (found, wire) = Encode(Wire.Bytes(content), []);
        Assert.Equal(fault, found);
        Assert.DoesNotContain("\r\n.\r\n", wire, StringComparison.Ordinal);
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 2000)]
    public void Write_ThenDecode_IsIdentity(CleanContent clean)
    {
        var (fault, wire) = Encode(clean.Bytes, clean.Cuts);
        Assert.Equal(SyntaxFault.None, fault);

        var decoder = new DataDecoder();
        var content = new ArrayBufferWriter<byte>();
        var input = Wire.Cut(Wire.Bytes(wire), clean.Cuts);
        while (decoder.TryRead(ref input, out var slice))
            content.Write(slice.ToArray());
        var expected = clean.Text.Length == 0 || clean.Text.EndsWith("\r\n", StringComparison.Ordinal) ? clean.Text : clean.Text + "\r\n";
        Assert.Equal((true, SyntaxFault.None, expected), (decoder.IsComplete, decoder.Fault, Wire.Text(content.WrittenSpan)));
        Assert.True(input.IsEmpty);
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 2000)]
    public void Write_AnyBytes_NeverPutsABareLineEndOnTheWire(HostileBytes hostile)
    {
        var whole = Encode(hostile.Bytes, []);
        var cut = Encode(hostile.Bytes, hostile.Cuts);
        Assert.Equal(ReferenceFault.Of(hostile.Bytes, ContentEnd.Reached), whole.Fault);
        Assert.Equal(whole.Fault, cut.Fault);
        foreach (var (fault, wire) in new[] { whole, cut })
        {
            var bare = wire.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']);
            Assert.Equal(-1, bare);
            // The end is there exactly when nothing was wrong.
            Assert.Equal(fault == SyntaxFault.None, ReferenceDecoder.Run(Wire.Bytes(wire)).IsComplete);
        }
        if (whole.Fault == SyntaxFault.None)
            Assert.Equal(whole.Wire, cut.Wire);
    }

    // The smuggling corpus as the sending side has it: what may go is one message at the receiver, what may not has no end there.
    [Fact]
    [Trait("rfc", "5321#2.3.8")]
    [Trait("rfc", "5321#4.1.1.4")]
    public void Write_EverySequenceOfUpToSix_IsOneMessageOrNone()
    {
        foreach (var sequence in Enumerable.Range(0, 7).SelectMany(Sequences))
        {
            foreach (var content in new[] { sequence, $"line{sequence}MAIL FROM:<smuggled@a.example>\r\n" })
            {
                var clean = content.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']) < 0;
                foreach (var cuts in new int[][] { [], [.. Enumerable.Range(0, content.Length)] })
                {
                    var (fault, wire) = Encode(Wire.Bytes(content), cuts);
                    var received = ReferenceDecoder.Run(Wire.Bytes(wire));
                    var expected = content.Length == 0 || content.EndsWith("\r\n", StringComparison.Ordinal) ? content : content + "\r\n";
                    Assert.Equal((clean, clean), (fault == SyntaxFault.None, received.IsComplete));
                    Assert.Equal(-1, wire.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']));
                    if (clean)
                        Assert.Equal((wire.Length, expected), (received.Consumed, Wire.Text(received.Content)));
                }
            }
        }
    }

    private static IEnumerable<string> Sequences(int length) => length == 0
        ? [""]
        : from rest in Sequences(length - 1) from letter in "\r\n.\0" select rest + letter;

    private static (SyntaxFault Fault, string Wire) Encode(byte[] content, int[] cuts)
    {
        var encoder = new DataEncoder();
        var output = new ArrayBufferWriter<byte>();
        foreach (var block in Wire.Cut(content, cuts))
        {
            if (encoder.Write(block.Span, output) != SyntaxFault.None)
                break;
        }
        var fault = encoder.Complete(output);
        Assert.Equal(encoder.Fault, fault);
        return (fault, Wire.Text(output.WrittenSpan));
    }
}
