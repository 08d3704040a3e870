using System.Buffers;
using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Replies;

public sealed class SmtpReplyTests
{
    [Fact]
    public void ToReply_OfSeveralLines_KeepsEachAsSent()
    {
        var reply = Read("550-5.1.1 no such user\r\n550-\r\n550 5.1.1 see\thttps://example.org\r\n");
        Assert.Equal(["5.1.1 no such user", "", "5.1.1 see\thttps://example.org"], reply.Lines);
        Assert.Equal("no such user see\thttps://example.org", reply.Text);
        Assert.Equal("550 5.1.1 no such user see\thttps://example.org", reply.ToString());
        Assert.Equal(reply, Read("550-5.1.1 no such user\r\n550-\r\n550 5.1.1 see\thttps://example.org\r\n"));
        Assert.NotEqual(reply, Read("550 5.1.1 no such user\r\n"));
    }

    [Theory]
    [InlineData("250 a\u001B[31mred\r\n", "a?[31mred")]
    [InlineData("250 a\u007Fb\r\n", "a?b")]
    [InlineData("250 a\u0080b\r\n", "a\uFFFDb")]
    [InlineData("250 \u00C3\u00A4\r\n", "\u00E4")]
    [InlineData("250 \u00C2\u0085\r\n", "?")]
    [InlineData("250 a\u00E2\u0080\u00A8b\r\n", "a?b")]              // U+2028, a line end to many a reader
    [InlineData("250 a\u00E2\u0080\u00A9b\r\n", "a?b")]
    [InlineData("250 a\u00E2\u0080\u00AEb\r\n", "a?b")]              // U+202E, which turns what follows around
    [InlineData("250 a\u00E2\u0081\u00A6b\r\n", "a?b")]
    [InlineData("250 a\u00E2\u0080\u008Db\r\n", "a\u200Db")]
    public void ToReply_OfOddText_IsSafeToShow(string wire, string text) => Assert.Equal(text, Read(wire).Text);

    [Theory]
    [InlineData(250, true, false, false, false)]
    [InlineData(354, false, true, false, false)]
    [InlineData(421, false, false, true, false)]
    [InlineData(599, false, false, false, true)]
    [Trait("rfc", "5321#4.2.1")]
    public void Severity_IsTheFirstDigit(int code, bool positive, bool intermediate, bool transient, bool permanent)
    {
        var reply = new SmtpReply(code, null, ["x"]);
        Assert.Equal((positive, intermediate, transient, permanent), (reply.IsPositive, reply.IsIntermediate, reply.IsTransient, reply.IsPermanent));
    }

    [Theory]
    [InlineData("5.7.1", "550 5.7.1 no")]
    [InlineData(null, "550 no")]
    public void ToString_OfAReplyMadeHere_IsTheWireText(string? status, string expected) =>
        Assert.Equal(expected, new SmtpReply(550, EnhancedStatus.TryParse(status, out var parsed) ? parsed : null, ["no"]).ToString());

    [Fact]
    public void ToString_WithStatusTextThatGoesOn_IsNoStatus() =>
        Assert.Equal("550 5.7.1 5.7.10 x", new SmtpReply(550, new EnhancedStatus(5, 7, 1), ["5.7.10 x"]).ToString());

    [Theory]
    [InlineData(250, "2.1.0", "Sender ok", "250 2.1.0 Sender ok\r\n")]
    [InlineData(220, null, "mx.example ESMTP", "220 mx.example ESMTP\r\n")]
    [InlineData(354, null, "", "354 \r\n")]
    [InlineData(550, "5.7.30", "a\r\n250 OK", "550 5.7.30 a??250 OK\r\n")]
    [InlineData(550, null, "a\0b\u0085c\td", "550 a?b?c\td\r\n")]
    public void Write_AnyText_IsOneReply(int code, string? status, string text, string expected) =>
        Assert.Equal(expected, Written(output => SmtpReplyWriter.Write(output, code, EnhancedStatus.TryParse(status, out var parsed) ? parsed : null, text)));

    [Fact]
    public void Write_LongText_IsContinuedWithinTheLineLimit()
    {
        var text = string.Join(' ', Enumerable.Repeat("word\u00E4", 300));
        var wire = Written(output => SmtpReplyWriter.Write(output, 550, new EnhancedStatus(5, 7, 1), text));
        var lines = wire.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 510));
        Assert.All(lines[..^1], line => Assert.StartsWith("550-5.7.1 word", line, StringComparison.Ordinal));
        Assert.Equal(text, string.Join(' ', Read(wire).Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData(490, "          b", "b")]              // the cut falls among the spaces
    [InlineData(496, " b", "b")]
    [InlineData(495, " b", "b")]
    [InlineData(497, "", "a")]                         // no space to cut behind
    [InlineData(495, "\U0001F4A9", "\u00F0\u009F\u0092\u00A9")]    // never inside a character
    public void Write_TextLongerThanALine_ContinuesWithTheNextWord(int letters, string tail, string second)
    {
        var wire = Written(output => SmtpReplyWriter.Write(output, 550, new EnhancedStatus(5, 999, 999), new string('a', letters) + tail));
        var lines = wire.Split("\r\n");
        Assert.Equal(("550 5.999.999 " + second, "", 3), (lines[1], lines[2], lines.Length));
        Assert.StartsWith("550-5.999.999 aaaa", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines[0].Length + 2, 490, 512);
    }

    [Fact]
    public void Write_LongTextOfPairs_CutsNoneInTwo()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\U0001F4A9", 300));
        var wire = Written(output => SmtpReplyWriter.Write(output, 550, null, text));
        Assert.Equal(text, string.Concat(Read(wire).Lines));
    }

    [Fact]
    [Trait("rfc", "5321#4.1.1.1")]
    public void WriteEhlo_WithExtensions_IsAMultilineReply()
    {
        Assert.Equal("250-mx.example\r\n250-SIZE 10\r\n250 PIPELINING\r\n", Written(output => SmtpReplyWriter.WriteEhlo(output, "mx.example", ["SIZE 10", "PIPELINING"])));
        Assert.Equal("250 mx.example\r\n", Written(output => SmtpReplyWriter.WriteEhlo(output, "mx.example", [])));
    }

    [Fact]
    public void WriteLines_AndRefusals_AreWritten()
    {
        Assert.Equal("214-2.0.0 a\r\n214 2.0.0 b\r\n", Written(output => SmtpReplyWriter.WriteLines(output, 214, new EnhancedStatus(2, 0, 0), ["a", "b"])));
        Assert.Equal("214 \r\n", Written(output => SmtpReplyWriter.WriteLines(output, 214, null, [])));
        Assert.Equal("452 4.3.1 full\r\n", Written(output => SmtpReplyWriter.Write(output, new SmtpRefusal(452, new EnhancedStatus(4, 3, 1), "full"))));
        Assert.Equal("452 4.3.1 full", new SmtpRefusal(452, new EnhancedStatus(4, 3, 1), "full").ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => SmtpReplyWriter.Write(output, 199, null, "")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => SmtpReplyWriter.Write(output, 600, null, "")));
    }

    [Property(MaxTest = 1000)]
    public void Write_AnyLines_ReadBackTheSame(NonNull<string>[] texts)
    {
        // Short enough not to be continued, and clean: what is dirty or long has its own tests.
        var lines = texts.Select(text => new string([.. text.Get.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).Take(100)])).ToArray();
        var wire = Written(output => SmtpReplyWriter.WriteLines(output, 250, new EnhancedStatus(2, 1, 5), lines));
        var reply = Read(wire);
        Assert.Equal(new EnhancedStatus(2, 1, 5), reply.Status);
        Assert.Equal(lines.Length == 0 ? ["2.1.5 "] : lines.Select(line => "2.1.5 " + line), reply.Lines);
    }

    [Property(MaxTest = 1000)]
    public void Write_AnyTextWhatever_IsExactlyOneReply(NonNull<string> text, PositiveInt repeat)
    {
        var wire = Wire.Bytes(Written(output => SmtpReplyWriter.Write(output, 550, new EnhancedStatus(5, 7, 1), string.Concat(Enumerable.Repeat(text.Get, repeat.Get)))));
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(wire));
        Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[wire.Length], out var reply, out _));
        Assert.True(reader.End);
        foreach (var line in reply)
            Assert.InRange(line.Length, 0, 506);
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Wire.Text(output.WrittenSpan);
    }

    private static SmtpReply Read(string wire)
    {
        var reader = new SequenceReader<byte>(Wire.Of(wire));
        Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[16384], out var reply, out _));
        return reply.ToReply();
    }
}
