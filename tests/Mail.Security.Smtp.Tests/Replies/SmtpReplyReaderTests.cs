using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Replies;

public sealed class SmtpReplyReaderTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, null, 1, "OK")]
    [InlineData("250\r\n", 250, null, 1, "")]
    [InlineData("250 \r\n", 250, null, 1, "")]
    [InlineData("250-a\r\n250 b\r\n", 250, null, 2, "a")]
    [InlineData("250-\r\n250-x\r\n250\r\n", 250, null, 3, "")]
    [InlineData("550 5.7.30 REQUIRETLS support required\r\n", 550, "5.7.30", 1, "REQUIRETLS support required")]
    [InlineData("550 5.7.30\r\n", 550, "5.7.30", 1, "")]
    [InlineData("550 4.7.30 other class\r\n", 550, null, 1, "4.7.30 other class")]
    [InlineData("550 5.7.x none\r\n", 550, null, 1, "5.7.x none")]
    [InlineData("450-4.3.2 a\r\n450 4.3.2 b\r\n", 450, "4.3.2", 2, "a")]
    [InlineData("550 5.7.1text\r\n", 550, null, 1, "5.7.1text")]
    [InlineData("550 5.7.1\ttext\r\n", 550, null, 1, "5.7.1\ttext")]
    [InlineData("550 5.7\r\n", 550, null, 1, "5.7")]
    [InlineData("550 5.7.1.1 x\r\n", 550, null, 1, "5.7.1.1 x")]
    [InlineData("550 5.07.1 x\r\n", 550, null, 1, "5.07.1 x")]
    [InlineData("550 5.1000.1 x\r\n", 550, null, 1, "5.1000.1 x")]
    [InlineData("550 55.7.1 x\r\n", 550, null, 1, "55.7.1 x")]
    [InlineData("550 [5.7.1] x\r\n", 550, null, 1, "[5.7.1] x")]
    [InlineData("550 5.7.1:x\r\n", 550, null, 1, "5.7.1:x")]
    [InlineData("550  5.7.1 x\r\n", 550, null, 1, " 5.7.1 x")]
    [InlineData("550 5.7.1   x \r\n", 550, "5.7.1", 1, "x ")]
    [InlineData("250 5.1.1 x\r\n", 250, null, 1, "5.1.1 x")]
    [InlineData("354 3.0.0 x\r\n", 354, null, 1, "3.0.0 x")]
    [InlineData("354 2.0.0 x\r\n", 354, null, 1, "2.0.0 x")]
    [InlineData("550-5.7.1 a\r\n550 5.1.1 b\r\n", 550, "5.7.1", 2, "a")]
    [InlineData("550-a\r\n550 5.1.1 b\r\n", 550, null, 2, "a")]
    [InlineData("250--a\r\n250  b\r\n", 250, null, 2, "-a")]
    [InlineData("354 go\r\n", 354, null, 1, "go")]
    [InlineData("599 future\r\n", 599, null, 1, "future")]
    [Trait("rfc", "5321#4.2")]
    public void TryRead_WholeReply_IsRead(string wire, int code, string? status, int lines, string firstText)
    {
        foreach (var input in new[] { Wire.Of(wire + "250 next"), Wire.CutEverywhere(Wire.Bytes(wire + "250 next")) })
        {
            var reader = new SequenceReader<byte>(input);
            Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[512], out var reply, out var fault));
            Assert.Equal(SyntaxFault.None, fault);
            Assert.Equal((code, status, lines, firstText), (reply.Code, reply.Status?.ToString(), reply.LineCount, Wire.Text(reply.FirstText)));
            Assert.Equal(wire.Length, reader.Consumed);
        }
    }

    [Theory]
    [InlineData("", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("250 OK", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("250 OK\r", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("250-a\r\n", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("250-a\r\n250", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("250-a\r\n251 b\r\n", ReadStatus.Invalid, SyntaxFault.MixedReplyCodes)]
    [InlineData("250-a\r\n550-b\r\n", ReadStatus.Invalid, SyntaxFault.MixedReplyCodes)]
    [InlineData("250-a\r\nhello\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("25\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("2500 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("150 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("650 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("050 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("999 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("250\tx\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("250-a\r\n251-b\r\n", ReadStatus.Invalid, SyntaxFault.MixedReplyCodes)]
    [InlineData("250-a\r\n\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("250-a\n250 b\n", ReadStatus.Invalid, SyntaxFault.BareLineFeed)]
    [InlineData("250 a\r\r\n", ReadStatus.Invalid, SyntaxFault.BareCarriageReturn)]
    [InlineData("\n", ReadStatus.Invalid, SyntaxFault.BareLineFeed)]
    [InlineData("2x0 x\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", ReadStatus.Invalid, SyntaxFault.BadReplyCode)]
    [InlineData("250 a\n", ReadStatus.Invalid, SyntaxFault.BareLineFeed)]
    [InlineData("250 a\rb\r\n", ReadStatus.Invalid, SyntaxFault.BareCarriageReturn)]
    [InlineData("250 a\0b\r\n", ReadStatus.Invalid, SyntaxFault.NulByte)]
    [Trait("rfc", "5321#4.2.1")]
    public void TryRead_NotAReply_SaysWhyAndConsumesNothing(string wire, ReadStatus status, SyntaxFault fault)
    {
        foreach (var input in new[] { Wire.Of(wire), Wire.CutEverywhere(Wire.Bytes(wire)) })
        {
            var reader = new SequenceReader<byte>(input);
            Assert.Equal((status, fault), (SmtpReplyReader.TryRead(ref reader, new byte[512], out _, out var found), found));
            Assert.Equal(0, reader.Consumed);
        }
    }

    [Theory]
    [InlineData("250 0123456789\r\n", 16, ReadStatus.Complete)]
    [InlineData("250 0123456789\r\n", 15, ReadStatus.Invalid)]
    [InlineData("250 01234567", 12, ReadStatus.Invalid)]        // told before any line end
    [InlineData("250-a\r\n250-b\r\n250 c\r\n", 21, ReadStatus.Complete)]
    [InlineData("250-a\r\n250-b\r\n250 c\r\n", 20, ReadStatus.Invalid)]
    [InlineData("250-a\r\n250-b\r\n", 14, ReadStatus.Invalid)]
    public void TryRead_Limit_CountsTheWholeReply(string wire, int limit, ReadStatus expected)
    {
        foreach (var input in new[] { Wire.Of(wire), Wire.CutEverywhere(Wire.Bytes(wire)) })
        {
            var reader = new SequenceReader<byte>(input);
            Assert.Equal(expected, SmtpReplyReader.TryRead(ref reader, new byte[limit], out _, out var fault));
            Assert.Equal(expected == ReadStatus.Invalid ? SyntaxFault.LineTooLong : SyntaxFault.None, fault);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(9000)]
    [Trait("rfc", "5321#4.2.1")]
    public void TryRead_AnyNumberOfLines_AreAllThere(int count)
    {
        var wire = string.Concat(Enumerable.Range(1, count).Select(line => $"250{(line < count ? '-' : ' ')}{line}\r\n"));
        foreach (var input in new[] { Wire.Of(wire), Wire.Cut(Wire.Bytes(wire), 3, 4, 5, wire.Length - 1) })
        {
            var reader = new SequenceReader<byte>(input);
            Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[wire.Length], out var reply, out _));
            Assert.Equal(Enumerable.Range(1, count).Select(line => line.ToString(System.Globalization.CultureInfo.InvariantCulture)), reply.ToReply().Lines);
        }
    }

    [Theory]                                                // RFC 5321 §4.5.3.1.5 has 512; who sends more is understood, up to the limit of the reply
    [InlineData(505)]
    [InlineData(507)]
    [InlineData(5000)]
    public void TryRead_LineLongerThanTheStandardAllows_IsRead(int length)
    {
        var reader = new SequenceReader<byte>(Wire.Of($"250 {new string('x', length)}\r\n"));
        Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[8192], out var reply, out _));
        Assert.Equal(length, reply.FirstText.Length);
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 1000)]
    public void TryRead_CutAnywhere_SameResult(HostileLines lines) =>
        Assert.Equal(Read(new ReadOnlySequence<byte>(lines.Bytes)), Read(Wire.Cut(lines.Bytes, lines.Cuts)));

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 1000)]
    public void TryRead_ArrivingByteByByte_SameResult(HostileLines lines)
    {
        var text = "250-" + lines.Text;
        var result = "";
        for (var length = 0; length <= text.Length && (length == 0 || result.StartsWith("NeedMoreData", StringComparison.Ordinal)); length++)
            result = Read(Wire.Of(text[..length]));
        Assert.Equal(Read(Wire.Of(text)), result);
    }

    private static string Read(ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        var status = SmtpReplyReader.TryRead(ref reader, new byte[100], out var reply, out var fault);
        return $"{status} {fault} {reader.Consumed} {(status == ReadStatus.Complete ? reply.ToReply() : null)}";
    }
}
