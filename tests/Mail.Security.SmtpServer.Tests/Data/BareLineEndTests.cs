using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>What normalising costs and what it leaves alone. That no sequence ends a message early is told by the smuggling tests.</summary>
public sealed class BareLineEndTests
{
    private const string Start = MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt;

    [Theory]
    [InlineData("abcd\n\n\n\n\r\n", 14, "250 2.0.0")]       // 10 bytes on the wire, 14 behind
    [InlineData("abcd\n\n\n\n\r\n", 13, "552 5.3.4")]
    [InlineData("abcd\n\n\n\n\r\n", 10, "552 5.3.4")]
    [InlineData("abcdefgh\r\n", 9, "552 5.3.4")]
    [Trait("rfc", "1870#6.3")]
    public void Data_Normalised_TheLimitHoldsBeforeAndAfter(string content, int limit, string expected)
    {
        foreach (var bdat in new[] { false, true })
        {
            var session = MemorySession.After(Start, options => (options.MaxMessageSize, options.BareLineEnds) = (limit, BareLineEndPolicy.Normalise));
            var reply = session.Ask(bdat ? $"BDAT {content.Length} LAST\r\n{content}" : $"{MemorySession.Data}{content}.\r\n");
            Assert.Equal(bdat ? expected : "354, " + expected, reply);
            var sink = Assert.Single(session.Handler.Sinks);
            Assert.InRange(sink.Content.Length, 0, limit);
            Assert.Equal((expected[0] == '2' ? 1 : 0, 1), (sink.Completions, sink.Disposals));
        }
    }

    [Fact]
    [Trait("rfc", "3030#3")]
    public void Bdat_BinaryMime_IsNeverTouched()
    {
        const string content = "\r\n\n\r\0.\r";
        var session = MemorySession.After(MemorySession.Hello, options => (options.Features, options.BareLineEnds) = (SmtpServerFeatures.Chunking | SmtpServerFeatures.BinaryMime, BareLineEndPolicy.Normalise));
        session.Send($"MAIL FROM:<ann@a.example> BODY=BINARYMIME\r\n{MemorySession.Rcpt}BDAT {content.Length} LAST\r\n{content}");
        Assert.Equal([content], session.Handler.Accepted);
    }

    [Theory]
    [InlineData("a\0\nb")]
    [InlineData("a\n\0b")]
    public void Data_NulAmongBareLineEnds_IsRefusedAllTheSame(string content)
    {
        var session = MemorySession.After(Start + MemorySession.Data, options => options.BareLineEnds = BareLineEndPolicy.Normalise);
        Assert.Contains("NUL", session.Send(content + "\r\n.\r\n"), StringComparison.Ordinal);
        Assert.Empty(session.Handler.Accepted);
    }

    [Theory]
    [InlineData(Hook.Write, "451 4.3.0")]
    [InlineData(Hook.Complete, "451 4.3.0")]
    public void Data_SinkThrowsWhileNormalising_IsALocalErrorAndTheSessionStaysInStep(Hook hook, string expected)
    {
        var session = MemorySession.After(Start + MemorySession.Data, options => options.BareLineEnds = BareLineEndPolicy.Normalise);
        session.Handler.Interfere = RecordingHandler.ThrowIn(hook);
        Assert.Equal(expected, session.Ask("a\nb\rc\r\n.\r\n"));
        Assert.Equal(1, session.Handler.Sinks[0].Disposals);
        Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
    }

    // A sink that writes to a disk is not called for every line.
    [Fact]
    public void Data_LinesOfAnotherSystem_ReachTheSinkInBlocks()
    {
        var text = string.Concat(Enumerable.Repeat("a line of another system\n", 4000));
        var session = MemorySession.After(Start + MemorySession.Data, options => options.BareLineEnds = BareLineEndPolicy.Normalise);
        Assert.Equal("250 2.0.0", session.Ask(text + "\r\n.\r\n"));
        Assert.Equal(text.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n", Assert.Single(session.Handler.Accepted));
        Assert.InRange(session.Handler.Calls.Count(call => call == Hook.Write), 1, 60);
    }

    [Fact]
    public void Options_UnknownPolicy_CannotBeConfigured() =>
        Assert.Throws<ArgumentException>(() => new SmtpServerOptions { HostName = DomainName.Parse("mx.example"), BareLineEnds = (BareLineEndPolicy)7 }.Validate());
}
