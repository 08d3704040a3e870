using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>Of several faults of a message the one whose byte stands first is told, in whatever pieces the message came.</summary>
public sealed class FirstFaultTests
{
    private const string Start = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt;
    private const string Nul = "550 5.5.2 Message refused: NUL in it\r\n";
    private const string Bare = "550 5.5.2 Message refused: bare CR or LF in it\r\n";

    private static readonly string[] Pieces = ["\r", "\n", "\0", "a", "b", "\r\n", "\r\n.", new('x', 20), new('y', 40)];

    [Theory]
    [InlineData("a\0b\rc\nd", Nul)]
    [InlineData("a\rb\0c", Bare)]
    [InlineData("a\r\0c", Bare)]
    [InlineData("a\0\nb", Nul)]
    [InlineData("a\n\0b", Bare)]
    [InlineData("a\0\r", Nul)]
    [Trait("rfc", "5321#2.3.8")]
    public void Message_TwoFaults_TheFirstIsTold(string content, string expected)
    {
        foreach (var padding in new[] { "", new string('x', 100) })
        {
            foreach (var text in new[] { $"BDAT {(padding + content).Length} LAST\r\n{padding}{content}", $"DATA\r\n{padding}{content}\r\n.\r\n" })
            {
                var bytes = Encoding.Latin1.GetBytes(text);
                Assert.EndsWith(expected, MemorySession.After(Start).Send(bytes), StringComparison.Ordinal);
                Assert.EndsWith(expected, MemorySession.After(Start).SendSlowly(bytes), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("abcdefgh\0", 8, Nul)]
    [InlineData("abcdefgh\0", 7, "451 4.3.0")]
    [InlineData("abcdefg\r\0", 8, Bare)]
    [InlineData("abcdefg\r\0", 7, "451 4.3.0")]
    [InlineData("\0abcdefgh", 0, Nul)]
    [Trait("rfc", "3030#2")]
    public void Bdat_SinkIsFull_BeforeOrBehindTheFault(string content, int room, string expected)
    {
        foreach (var pieces in new int[][] { [], [.. Enumerable.Range(0, content.Length)] })
            Assert.StartsWith(expected, Chunks(content, [], pieces, room, BareLineEndPolicy.Refuse), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab\n\n\n\n\0", "552 5.3.4")]      // 10 bytes behind normalising, over the limit of 9, before the NUL
    [InlineData("ab\n\n\n\0\n\n", Nul)]
    [Trait("rfc", "3030#2")]
    public void Bdat_GrowsOverTheLimit_BeforeOrBehindTheFault(string content, string expected)
    {
        foreach (var pieces in new int[][] { [], [.. Enumerable.Range(0, content.Length)] })
            Assert.StartsWith(expected, Chunks(content, [], pieces, int.MaxValue, BareLineEndPolicy.Normalise, 9), StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    [Trait("rfc", "3030#2")]
    public void Bdat_AnyContentInAnyPieces_SameAnswer(byte[] choices, PositiveInt[] sizes, int[] cuts, PositiveInt room)
    {
        var content = string.Concat(choices.Select(choice => Pieces[choice % Pieces.Length]));
        foreach (var policy in Enum.GetValues<BareLineEndPolicy>())
        {
            var whole = Chunks(content, sizes, [], room.Get * 10, policy);
            Assert.Equal(whole, Chunks(content, sizes, cuts, room.Get * 10, policy));
            Assert.Equal(whole, Chunks(content, sizes, [.. Enumerable.Range(0, content.Length * 2 + 300)], room.Get * 10, policy));
        }
    }

    [Theory]
    [InlineData("ab\n\n\n\nc", 10, int.MaxValue, "552 5.3.4")]
    [InlineData("ab\n\n\n\nc", 10, 10, "552 5.3.4")]
    [InlineData("ab\n\n\n\nc", 10, 9, "451 4.3.0")]     // the sink is full before the message is too large
    [InlineData("ab\n\n\n\n", 9, 9, "552 5.3.4")]       // the limit falls between a CR and its LF
    [InlineData("ab\n\n\n\n", 9, 8, "451 4.3.0")]
    public void Message_SinkIsFullBeforeOrBehindTheLimit_TheFirstIsTold(string content, int limit, int room, string expected)
    {
        foreach (var pieces in new int[][] { [], [.. Enumerable.Range(0, 100)] })
        {
            Assert.StartsWith(expected, Chunks(content, [], pieces, room, BareLineEndPolicy.Normalise, limit), StringComparison.Ordinal);
            Assert.StartsWith("354 ", Data(content, pieces, room, BareLineEndPolicy.Normalise, limit), StringComparison.Ordinal);
            Assert.Contains(expected, Data(content, pieces, room, BareLineEndPolicy.Normalise, limit), StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 500)]
    [Trait("rfc", "1870#6.3")]
    public void Message_AboutAsLargeAsSinkAndLimit_SameAnswerInAnyPieces(byte[] choices, PositiveInt[] sizes, int[] cuts, PositiveInt room, PositiveInt limit)
    {
        var content = string.Concat(choices.Select(choice => Pieces[choice % Pieces.Length]));
        var (sink, most) = (1 + (room.Get % (content.Length + 9)), 1 + (limit.Get % (content.Length + 9)));
        foreach (var policy in Enum.GetValues<BareLineEndPolicy>())
        {
            var (data, chunks) = (Data(content, [], sink, policy, most), Chunks(content, sizes, [], sink, policy, most));
            foreach (var pieces in new int[][] { cuts, [.. Enumerable.Range(0, (content.Length * 3) + 300)] })
            {
                Assert.Equal(data, Data(content, pieces, sink, policy, most));
                Assert.Equal(chunks, Chunks(content, sizes, pieces, sink, policy, most));
            }
        }
    }

    // As below, by DATA.
    private static string Data(string content, int[] cuts, int room, BareLineEndPolicy policy, int limit)
    {
        var session = MemorySession.After(Start, options => (options.BareLineEnds, options.MaxMessageSize) = (policy, limit));
        session.Handler.SinkRoom = room;
        var wire = MemorySession.Data + content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + "\r\n.\r\n";
        return session.SendInPieces(Encoding.Latin1.GetBytes(wire), cuts) + string.Concat(session.Handler.Accepted);
    }

    // Sends the content in chunks of these sizes, the bytes cut at these places, and gives the answers and the message that was accepted.
    private static string Chunks(string content, PositiveInt[] sizes, int[] cuts, int room, BareLineEndPolicy policy, int limit = 10_000)
    {
        var session = MemorySession.After(Start, options => (options.BareLineEnds, options.MaxMessageSize, options.MaxErrors, options.MaxIdleCommands) = (policy, limit, int.MaxValue, int.MaxValue));
        session.Handler.SinkRoom = room;
        var wire = new StringBuilder();
        foreach (var size in sizes.Select(size => Math.Min(size.Get % 60, content.Length)))
        {
            wire.Append(System.Globalization.CultureInfo.InvariantCulture, $"BDAT {size}\r\n{content[..size]}");
            content = content[size..];
        }
        wire.Append(System.Globalization.CultureInfo.InvariantCulture, $"BDAT {content.Length} LAST\r\n{content}");
        return session.SendInPieces(Encoding.Latin1.GetBytes(wire.ToString()), cuts) + string.Concat(session.Handler.Accepted);
    }
}
