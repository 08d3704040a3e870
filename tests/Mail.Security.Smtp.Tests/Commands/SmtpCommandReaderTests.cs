using System.Buffers;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Commands;

public sealed class SmtpCommandReaderTests
{
    [Theory]
    [InlineData("NOOP\r\n", ReadStatus.Complete, SyntaxFault.None)]
    [InlineData("\r\n", ReadStatus.Complete, SyntaxFault.None)]
    [InlineData("", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("NOOP", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("NOOP\r", ReadStatus.NeedMoreData, SyntaxFault.None)]
    [InlineData("NOOP\n", ReadStatus.Invalid, SyntaxFault.BareLineFeed)]
    [InlineData("\nNOOP\r\n", ReadStatus.Invalid, SyntaxFault.BareLineFeed)]
    [InlineData("NO\rOP\r\n", ReadStatus.Invalid, SyntaxFault.BareCarriageReturn)]
    [InlineData("NOOP\r\r\n", ReadStatus.Invalid, SyntaxFault.BareCarriageReturn)]
    [InlineData("NO\0OP\r\n", ReadStatus.Invalid, SyntaxFault.NulByte)]
    [Trait("rfc", "5321#2.3.8")]
    public void TryRead_LineEndings_OnlyCrlfEndsALine(string wire, ReadStatus status, SyntaxFault fault)
    {
        var result = Read(Wire.Of(wire));
        Assert.Equal((status, fault), (result.Status, result.Fault));
        Assert.Equal(status == ReadStatus.Complete ? wire.Length : 0, result.Consumed);
    }

    [Theory]
    [InlineData("EHLO a.example", SmtpVerb.Ehlo, "EHLO", "a.example")]
    [InlineData("helo a.example", SmtpVerb.Helo, "helo", "a.example")]
    [InlineData("Mail FROM:<>", SmtpVerb.Mail, "Mail", "FROM:<>")]
    [InlineData("MAIL  FROM:<> \t", SmtpVerb.Mail, "MAIL", "FROM:<>")]
    [InlineData("rcpt TO:<a@b.example> X=1", SmtpVerb.Rcpt, "rcpt", "TO:<a@b.example> X=1")]
    [InlineData("DATA", SmtpVerb.Data, "DATA", "")]
    [InlineData("data ", SmtpVerb.Data, "data", "")]
    [InlineData("BDAT 86 LAST", SmtpVerb.Bdat, "BDAT", "86 LAST")]
    [InlineData("RSET", SmtpVerb.Rset, "RSET", "")]
    [InlineData("NOOP is fine", SmtpVerb.Noop, "NOOP", "is fine")]
    [InlineData("QUIT", SmtpVerb.Quit, "QUIT", "")]
    [InlineData("HELP me", SmtpVerb.Help, "HELP", "me")]
    [InlineData("VRFY ann", SmtpVerb.Vrfy, "VRFY", "ann")]
    [InlineData("EXPN list", SmtpVerb.Expn, "EXPN", "list")]
    [InlineData("StartTls", SmtpVerb.StartTls, "StartTls", "")]
    [InlineData("AUTH PLAIN AHgAeQ==", SmtpVerb.Auth, "AUTH", "PLAIN AHgAeQ==")]
    [InlineData("STARTTL5", SmtpVerb.Unknown, "STARTTL5", "")]
    [InlineData("DATAX", SmtpVerb.Unknown, "DATAX", "")]
    [InlineData("\u00CDAIL FROM:<>", SmtpVerb.Unknown, "\u00CDAIL", "FROM:<>")]
    [InlineData("-AIL", SmtpVerb.Unknown, "-AIL", "")]
    [InlineData(" NOOP", SmtpVerb.Unknown, "", "NOOP")]
    [InlineData("", SmtpVerb.Unknown, "", "")]
    [Trait("rfc", "5321#2.4")]
    public void TryRead_Verbs_AreFoundInAnyCase(string line, SmtpVerb verb, string keyword, string argument)
    {
        var result = Read(Wire.Of(line + "\r\n"));
        Assert.Equal((verb, keyword, argument), (result.Verb, result.Keyword, result.Argument));
    }

    [Theory]
    [InlineData(15, "\r\n", ReadStatus.Complete)]       // 17 bytes are too many, 16 are not
    [InlineData(14, "\r\n", ReadStatus.Complete)]
    [InlineData(15, "", ReadStatus.NeedMoreData)]
    [InlineData(16, "", ReadStatus.Invalid)]            // told before any line end
    [InlineData(15, "\r\n", ReadStatus.Invalid)]
    [Trait("rfc", "5321#4.5.3.1.4")]
    public void TryRead_Limit_CountsTheLineEnd(int letters, string end, ReadStatus expected)
    {
        var limit = expected == ReadStatus.Complete ? letters + 2 : 16;
        var result = Read(Wire.Of(new string('A', letters) + end), limit);
        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == ReadStatus.Invalid ? SyntaxFault.LineTooLong : SyntaxFault.None, result.Fault);
    }

    [Theory]
    [InlineData("bad\nline\r\nQUIT\r\n", true, "QUIT\r\n")]
    [InlineData("bad\r\n", true, "")]
    [InlineData("bad\r", false, "\r")]
    [InlineData("bad\r\r", false, "\r")]
    [InlineData("bad", false, "")]
    [InlineData("", false, "")]
    public void TrySkipLine_AfterAFault_GoesBehindTheNextCrlf(string wire, bool found, string rest)
    {
        foreach (var input in new[] { Wire.Of(wire), Wire.CutEverywhere(Wire.Bytes(wire)) })
        {
            var reader = new SequenceReader<byte>(input);
            Assert.Equal(found, SmtpCommandReader.TrySkipLine(ref reader));
            Assert.Equal(rest, Wire.Text(reader.UnreadSequence));
        }
    }

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 1000)]
    public void TryRead_CutAnywhere_SameResult(HostileLines lines) =>
        Assert.Equal(ReadAll([new ReadOnlySequence<byte>(lines.Bytes)]), ReadAll([Wire.Cut(lines.Bytes, lines.Cuts)]));

    [Property(Arbitrary = [typeof(WireArbitraries)], MaxTest = 1000)]
    public void TryRead_ArrivingByteByByte_SameResult(HostileLines lines) =>
        Assert.Equal(
            ReadAll([new ReadOnlySequence<byte>(lines.Bytes)]),
            ReadAll(Enumerable.Range(0, lines.Bytes.Length + 1).Select(length => new ReadOnlySequence<byte>(lines.Bytes, 0, length))));

    [Property(Arbitrary = [typeof(WireArbitraries)])]
    public void TryRead_Incomplete_ConsumesNothing(HostileLines lines)
    {
        var result = Read(new ReadOnlySequence<byte>(lines.Bytes));
        Assert.True(result.Status == ReadStatus.Complete || result.Consumed == 0);
    }

    // Reads the way a session does: each input holds what arrived so far.
    private static List<string> ReadAll(IEnumerable<ReadOnlySequence<byte>> arrivals)
    {
        var seen = new List<string>();
        var consumed = 0L;
        var skipping = false;
        foreach (var arrival in arrivals)
        {
            var reader = new SequenceReader<byte>(arrival);
            reader.Advance(consumed);
            while (true)
            {
                if (skipping && !SmtpCommandReader.TrySkipLine(ref reader))
                    break;
                skipping = false;
                var status = SmtpCommandReader.TryRead(ref reader, new byte[64], out var command, out var fault);
                if (status == ReadStatus.NeedMoreData)
                    break;
                seen.Add($"{status} {fault} {command.Verb} {Wire.Text(command.Keyword)}|{Wire.Text(command.Argument)}");
                skipping = status == ReadStatus.Invalid;
            }
            consumed = reader.Consumed;
        }
        return seen;
    }

    private static (ReadStatus Status, SyntaxFault Fault, SmtpVerb Verb, string Keyword, string Argument, long Consumed) Read(ReadOnlySequence<byte> input, int limit = 512)
    {
        var reader = new SequenceReader<byte>(input);
        var status = SmtpCommandReader.TryRead(ref reader, new byte[limit], out var command, out var fault);
        return (status, fault, command.Verb, Wire.Text(command.Keyword), Wire.Text(command.Argument), reader.Consumed);
    }
}
