using System.Buffers;
using System.Text;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>No sequence of CR, LF, dot and NUL makes this server see an end of data where another that keeps the standard sees none.</summary>
public sealed class SmugglingTests
{
    private const string Second = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "smuggled\r\n.\r\nNOOP\r\n";

    [Theory]
    [InlineData(BareLineEndPolicy.Refuse)]
    [InlineData(BareLineEndPolicy.Normalise)]
    [Trait("rfc", "5321#2.3.8")]
    [Trait("rfc", "5321#4.1.1.4")]
    public void Data_EverySequenceOfUpToSix_AsTheReferenceServerSays(BareLineEndPolicy policy)
    {
        var ends = Enumerable.Range(0, 7).SelectMany(Sequences).ToList();
        Assert.Equal(5461, ends.Count);
        foreach (var end in ends)
            AssertAsReference(policy, $"first\r\nline{end}{Second}", [0]);
    }

    [Theory]
    [InlineData(BareLineEndPolicy.Refuse)]
    [InlineData(BareLineEndPolicy.Normalise)]
    [Trait("rfc", "5321#4.1.1.4")]
    public void Data_EverySequenceOfUpToFiveFirstAndByteByByte_AsTheReferenceServerSays(BareLineEndPolicy policy)
    {
        foreach (var end in Enumerable.Range(0, 6).SelectMany(Sequences))
            AssertAsReference(policy, $"{end}{Second}", [.. Enumerable.Range(0, end.Length + 1)]);
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\n\n.\r\n")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\n.\0\r\n")]
    [InlineData("\r\n.\r\0\n")]
    [InlineData("\r\0\n.\r\n")]
    [InlineData("\r\r\n.\n")]
    [InlineData("\r\n.\r\r\n")]
    [InlineData("\u0085.\u0085")]
    [InlineData("\r\n..\r\n")]
    [InlineData("\r\n.\v\r\n")]
    [InlineData("\r\n. \r\n")]
    public void Data_KnownTricks_NeverGiveTwoMessages(string end)
    {
        foreach (var policy in Enum.GetValues<BareLineEndPolicy>())
        {
            var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data, options => options.BareLineEnds = policy);
            session.Send($"text{end}{Second}");
            Assert.InRange(session.Handler.Sinks.Count, 1, 1);
            Assert.Equal(1, session.Handler.Sinks[0].Disposals);
            Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
        }
    }

    // What is normalised may hold lines that are a lone dot. Sent on, it is still one message at the next hop, and the same.
    [Fact]
    [Trait("rfc", "5321#4.5.2")]
    public void Data_NormalisedAndSentOn_IsOneMessageAtTheNextHop()
    {
        var wholes = 0;
        foreach (var end in Enumerable.Range(0, 7).SelectMany(Sequences).Where(end => !end.Contains('\0', StringComparison.Ordinal)))
        {
            using var first = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data, options => options.BareLineEnds = BareLineEndPolicy.Normalise);
            first.Send($"line{end}smuggled\r\n.\r\n");
            var content = first.Handler.Accepted.First();
            var encoder = new DataEncoder();
            var wire = new ArrayBufferWriter<byte>();
            Assert.Equal((SyntaxFault.None, SyntaxFault.None), (encoder.Write(Encoding.Latin1.GetBytes(content), wire), encoder.Complete(wire)));
            using var next = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
            Assert.Equal("250 2.0.0", string.Join(", ", MemorySession.Codes(next.Send(wire.WrittenMemory))));
            Assert.Equal(content, Assert.Single(next.Handler.Accepted));
            wholes++;
        }
        Assert.Equal(1093, wholes);
    }

    [Theory]
    [InlineData(BareLineEndPolicy.Refuse)]
    [InlineData(BareLineEndPolicy.Normalise)]
    [Trait("rfc", "3030#2")]
    public void Bdat_EverySequenceOfUpToFiveInTwoChunks_IsTakenAsThePolicySays(BareLineEndPolicy policy)
    {
        foreach (var content in Enumerable.Range(0, 6).SelectMany(Sequences))
        {
            for (var first = 0; first <= content.Length; first++)
            {
                using var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt, options => options.BareLineEnds = policy);
                session.Send($"BDAT {first}\r\n{content[..first]}BDAT {content.Length - first} LAST\r\n{content[first..]}");
                var expected = policy == BareLineEndPolicy.Normalise ? ReferenceServer.Normalise(content) : content;
                expected += expected.Length == 0 || expected.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n";
                Assert.Equal(ReferenceServer.IsTakable(content, policy) ? [expected] : [], session.Handler.Accepted);
                Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
            }
        }
    }

    [Property(MaxTest = 300)]
    [Trait("rfc", "5321#4.5.2")]
    public void Data_AnyStreamInAnyPieces_AsTheReferenceServerSays(bool normalise, byte[] choices, int[] cuts)
    {
        string[] pieces = ["\r", "\n", ".", "\0", "a", "\r\n", "\r\n.", "\r\n..", "\n.\n", "\n.\r\n", new string('x', 70), "\r\n.\r"];
        var data = string.Concat(choices.Select(choice => pieces[choice % pieces.Length])) + "\r\n.\r\nNOOP\r\n";
        AssertAsReference(normalise ? BareLineEndPolicy.Normalise : BareLineEndPolicy.Refuse, data, cuts);
    }

    [Theory]
    [InlineData("a\nb", "550 5.5.2", "bare CR or LF")]
    [InlineData("a\rb", "550 5.5.2", "bare CR or LF")]
    [InlineData("a\0b", "550 5.5.2", "NUL")]
    [Trait("rfc", "5321#2.3.8")]
    public void Data_Refused_SaysWhyAndStaysInStep(string content, string expected, string text)
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        Assert.Equal("", session.Send(content + "\r\n.\r"));
        var reply = session.Send("\n");
        Assert.Equal(expected, Assert.Single(MemorySession.Codes(reply)));
        Assert.Contains(text, reply, StringComparison.Ordinal);
        Assert.Equal((0, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data + "ok\r\n.\r\n"));
        Assert.Equal(["ok\r\n"], session.Handler.Accepted);
    }

    private static IEnumerable<string> Sequences(int length)
    {
        if (length == 0)
            return [""];
        return from rest in Sequences(length - 1) from letter in "\r\n.\0" select rest + letter;
    }

    private static void AssertAsReference(BareLineEndPolicy policy, string data, int[] cuts)
    {
        const string before = MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data;
        var reference = new ReferenceServer(policy);
        reference.Read(Encoding.Latin1.GetBytes(before + data));
        var session = new MemorySession(options => (options.MaxErrors, options.MaxIdleCommands, options.BareLineEnds) = (10_000, 10_000, policy));
        session.Send(MemorySession.Hello);
        var seen = MemorySession.Codes(session.Send(before) + session.SendInPieces(Encoding.Latin1.GetBytes(data), cuts)).ToList();
        var shown = data.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
        Assert.True(reference.Codes.SequenceEqual(seen), $"{shown}: {string.Join(", ", seen)} for {string.Join(", ", reference.Codes)}");
        Assert.True(reference.Accepted.SequenceEqual(session.Handler.Accepted), shown);
        Assert.All(session.Handler.Sinks.Where(sink => sink.Completions == 1), sink => Assert.Equal(1, sink.Disposals));
        session.Abort();
        Assert.All(session.Handler.Sinks, sink => Assert.Equal(1, sink.Disposals));
        session.Dispose();
    }
}
