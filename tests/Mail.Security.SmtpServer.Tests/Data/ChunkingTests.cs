using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Data;

/// <summary>Messages by BDAT; the limit of a message is 1000 bytes, and BINARYMIME is offered.</summary>
public sealed class ChunkingTests
{
    private const string Begin = MemorySession.Mail + MemorySession.Rcpt;
    private const string Binary = "MAIL FROM:<ann@a.example> BODY=BINARYMIME\r\n" + MemorySession.Rcpt;

    [Theory]
    [InlineData("BDAT 6 LAST\r\na\r\n.\r\n", "250 2.0.0", "a\r\n.\r\n")]                                   // no dot is special
    [InlineData("BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n", "250 2.0.0, 250 2.0.0", "a\r\nb\r\n")]
    [InlineData("BDAT 3\r\na\r\nBDAT 0 LAST\r\n", "250 2.0.0, 250 2.0.0", "a\r\n")]
    [InlineData("BDAT 0\r\nBDAT 3 last\r\na\r\n", "250 2.0.0, 250 2.0.0", "a\r\n")]
    [InlineData("BDAT 0 LAST\r\n", "250 2.0.0", "")]
    [InlineData("BDAT 2\r\na\rBDAT 1 LAST\r\n\n", "250 2.0.0, 250 2.0.0", "a\r\n")]                          // a CRLF in two chunks
    [InlineData("BDAT 1 LAST\r\na", "250 2.0.0", "a\r\n")]                                                  // a last line without an end gets one
    [InlineData("BDAT 6 LAST\r\nQUIT\r\n", "250 2.0.0", "QUIT\r\n")]
    [InlineData("BDAT 3\r\na\r\nNOOP\r\nBDAT 3 LAST\r\nb\r\n", "250 2.0.0, 250 2.0.0, 250 2.0.0", "a\r\nb\r\n")]
    [InlineData("BDAT 3\r\na\r\nMAIL FROM:<>\r\nBDAT 0 LAST\r\n", "250 2.0.0, 503 5.5.1, 250 2.0.0", "a\r\n")]
    [InlineData("BDAT 3\r\na\r\nRCPT TO:<c@b.example>\r\nBDAT 0 LAST\r\n", "250 2.0.0, 503 5.5.1, 250 2.0.0", "a\r\n")]
    [InlineData("BDAT 3\r\na\r\nDATA\r\nBDAT 0 LAST\r\n", "250 2.0.0, 503 5.5.1, 250 2.0.0", "a\r\n")]
    [InlineData("BDAT 3 LAST\r\na\r\nBDAT 3 LAST\r\nb\r\n", "250 2.0.0, 503 5.5.1", "a\r\n")]
    [InlineData("BDAT 3 LAST\r\na\r\nDATA\r\n", "250 2.0.0, 503 5.5.1", "a\r\n")]
    [Trait("rfc", "3030#2")]
    public void Bdat_Chunks_AreTheMessage(string lines, string expected, string content)
    {
        foreach (var slowly in new[] { false, true })
        {
            var session = Start();
            session.Send(Begin);
            var answer = slowly ? session.SendSlowly(Encoding.Latin1.GetBytes(lines)) : session.Send(lines);
            Assert.Equal(expected, string.Join(", ", MemorySession.Codes(answer)));
            Assert.Equal(content, Assert.Single(session.Handler.Accepted));
            AssertInStep(session);
        }
    }

    [Theory]
    [InlineData("BDAT 4\r\na\nb\nBDAT 0 LAST\r\n", "550 5.5.2, 503 5.5.1")]
    [InlineData("BDAT 2\r\na\rBDAT 1 LAST\r\nb", "250 2.0.0, 550 5.5.2")]
    [InlineData("BDAT 2 LAST\r\na\r", "550 5.5.2")]
    [InlineData("BDAT 1 LAST\r\n\0", "550 5.5.2")]
    [InlineData("BDAT 3 FIRST\r\na\r\nBDAT 3 LAST\r\nb\r\n", "501 5.5.4, 503 5.5.1")]
    [InlineData("BDAT 3\r\na\r\nBDAT 3 LAST now\r\nb\r\nBDAT 0 LAST\r\n", "250 2.0.0, 501 5.5.4, 503 5.5.1")]
    [Trait("rfc", "3030#2")]
    [Trait("rfc", "5321#2.3.8")]
    public void Bdat_BadChunk_EndsTheTransactionAndNothingElse(string lines, string expected)
    {
        foreach (var slowly in new[] { false, true })
        {
            var session = Start();
            session.Send(Begin);
            var answer = slowly ? session.SendSlowly(Encoding.Latin1.GetBytes(lines)) : session.Send(lines);
            Assert.Equal(expected, string.Join(", ", MemorySession.Codes(answer)));
            Assert.All(session.Handler.Sinks, sink => Assert.Equal((0, 1), (sink.Completions, sink.Disposals)));
            AssertInStep(session);
        }
    }

    [Theory]
    [InlineData(1000, "250 2.0.0")]
    [InlineData(1001, "552 5.3.4")]
    [Trait("rfc", "1870#6.3")]
    public void Bdat_OverTheLimit_IsReadAndRefused(int size, string expected)
    {
        var session = Start();
        session.Send(Begin);
        Assert.Equal(expected, session.Ask($"BDAT {size} LAST\r\n{new string('x', size - 2)}\r\n"));
        AssertInStep(session);
    }

    [Fact]
    [Trait("rfc", "3030#2")]
    public void Bdat_OverTheLimitTogether_IsRefusedAtTheChunkThatIsTooMuch()
    {
        var session = Start();
        var chunk = new string('x', 600);
        Assert.Equal("250 2.1.0, 250 2.1.5, 250 2.0.0, 552 5.3.4, 503 5.5.1", session.Ask($"{Begin}BDAT 600\r\n{chunk}BDAT 600\r\n{chunk}BDAT 600 LAST\r\n{chunk}"));
        Assert.Equal(chunk, session.Handler.Sinks.Single().Content);
        Assert.Equal((0, 1), (session.Handler.Sinks[0].Completions, session.Handler.Sinks[0].Disposals));
        AssertInStep(session);
    }

    [Fact]
    public void Bdat_SizeBeyondAnything_IsRefusedWhenTheTimeToDropItIsOver()
    {
        var session = Start();
        session.Send(Begin + "BDAT 9223372036854775807 LAST\r\nQUIT\r\n");
        var answer = new StringBuilder();
        for (var minute = 0; minute < 11 && !session.Run.IsCompleted; minute++)
            answer.Append(session.Advance(TimeSpan.FromMinutes(1))).Append(session.Run.IsCompleted ? "" : session.Send("QUIT\r\n"));
        Assert.Equal("552 5.3.4", Assert.Single(MemorySession.Codes(answer.ToString())));
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
    }

    // The time for what is dropped is given once, and again to a client that proved honest, by whichever command its message came.
    [Theory]
    [InlineData("BDAT 3 LAST\r\na\r\n")]
    [InlineData(MemorySession.Data + "a\r\n.\r\n")]
    public void Bdat_DroppedBetweenAcceptedMessages_HasItsTimeAnew(string message)
    {
        var session = Start(options => options.Timeouts.Discard = TimeSpan.FromMinutes(5));
        for (var count = 0; count < 3; count++)
        {
            session.Send("BDAT 5 LAST\r\n");
            Assert.Equal("", session.Advance(TimeSpan.FromMinutes(2)));
            Assert.Equal("503 5.5.1", session.Ask("aaaaa"));
            Assert.EndsWith("250 2.0.0", session.Ask(Begin + message), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("BDAT 5 LAST\r\nRSET\n", "503 5.5.1")]
    [InlineData(MemorySession.Mail + "BDAT 3 LAST\r\na\r\n", "250 2.1.0, 554 5.5.1")]
    [InlineData(MemorySession.Mail + "BDAT 3\r\na\r\n" + MemorySession.Rcpt + "BDAT 3 LAST\r\nb\r\n", "250 2.1.0, 554 5.5.1, 503 5.5.1, 503 5.5.1")]      // half a message is none
    [InlineData("RSET\r\nHELO c.example\r\n" + Begin + "BDAT 3 LAST\r\na\r\n", "250 2.0.0, 250, 250 2.1.0, 250 2.1.5, 503 5.5.1")]
    public void Bdat_OutOfOrder_DropsItsChunk(string lines, string expected)
    {
        var session = Start();
        Assert.Equal(expected, session.Ask(lines));
        Assert.Empty(session.Handler.Sinks);
        session.Send(MemorySession.Hello);
        AssertInStep(session);
    }

    [Fact]
    public void Bdat_NotOffered_DropsItsChunk()
    {
        var session = MemorySession.After(MemorySession.Hello + Begin, options => options.Features = SmtpServerFeatures.None);
        Assert.Equal("502 5.5.1, 503 5.5.1", session.Ask("BDAT 6 LAST\r\nQUIT\r\nDATA\r\n"));
        Assert.DoesNotContain("CHUNKING", session.Send(MemorySession.Hello), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Hook.Data, "550 5.7.1, 503 5.5.1", 0)]
    [InlineData(Hook.Complete, "250 2.0.0, 550 5.7.1", 1)]
    public void Bdat_HandlerRefuses_ChunksAreDropped(Hook hook, string expected, int completions)
    {
        var session = Start();
        session.Handler.Refuse = at => at == hook ? new SmtpRefusal(550, new(5, 7, 1), "no") : null;
        session.Send(Begin);
        Assert.Equal(expected, session.Ask("BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n"));
        Assert.All(session.Handler.Sinks, sink => Assert.Equal((completions, 1), (sink.Completions, sink.Disposals)));
        session.Handler.Refuse = null;
        AssertInStep(session);
    }

    [Theory]
    [InlineData(Hook.Data, "451 4.3.0, 503 5.5.1")]
    [InlineData(Hook.Write, "451 4.3.0, 503 5.5.1")]
    [InlineData(Hook.Complete, "250 2.0.0, 451 4.3.0")]
    public void Bdat_HandlerThrows_IsALocalErrorAndTheSessionStaysInStep(Hook hook, string expected)
    {
        var session = Start();
        session.Handler.Interfere = RecordingHandler.ThrowIn(hook);
        session.Send(Begin);
        Assert.Equal(expected, session.Ask("BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n"));
        Assert.All(session.Handler.Sinks, sink => Assert.Equal(1, sink.Disposals));
        session.Handler.Interfere = null;
        AssertInStep(session);
    }

    [Theory]
    [InlineData("RSET\r\n", "250 2.0.0")]
    [InlineData(MemorySession.Hello, "250")]
    [InlineData("HELO c.example\r\n", "250")]
    [InlineData("QUIT\r\n", "221 2.0.0")]
    [InlineData("BDAT\r\n", "501 5.5.4")]
    [Trait("rfc", "3030#2")]
    public void Bdat_NeverEnded_IsAborted(string line, string expected)
    {
        var session = Start();
        Assert.Equal("250 2.1.0, 250 2.1.5, 250 2.0.0", session.Ask(Begin + "BDAT 3\r\na\r\n"));
        Assert.Equal(expected, session.Ask(line));
        Assert.Equal((0, 1), (session.Handler.Sinks.Single().Completions, session.Handler.Sinks[0].Disposals));
        if (!session.Run.IsCompleted)
            AssertInStep(session);
    }

    [Theory]
    [InlineData("", "closed within a transaction")]
    [InlineData("BDAT 10 LAST\r\nx", "closed within a message")]
    public void Bdat_ConnectionClosed_AbortsTheMessage(string lines, string detail)
    {
        var session = Start();
        session.Send(Begin + "BDAT 3\r\na\r\n" + lines);
        session.Close();
        Assert.Equal((SessionEndReason.ConnectionLost, detail), (session.End.Reason, session.End.Detail));
        Assert.Equal((0, 1), (session.Handler.Sinks.Single().Completions, session.Handler.Sinks[0].Disposals));
    }

    [Fact]
    public void Bdat_ByteAfterByteInChunksOfTheirOwn_IsTooSlow()
    {
        var session = Start();
        session.Send(Begin);
        var answer = "";
        for (var count = 0; count < 10 && !session.Run.IsCompleted; count++)
            answer = session.Send("BDAT 1\r\nx") + session.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("421 4.4.2", answer, StringComparison.Ordinal);
        Assert.Equal(SessionEndReason.Timeout, session.End.Reason);
        Assert.Equal(1, session.Handler.Sinks.Single().Disposals);
    }

    [Fact]
    public void Bdat_WithoutContentAgainAndAgain_RunsOutOfCommands()
    {
        var session = Start(options => options.MaxIdleCommands = 5);
        session.Send(Begin);
        Assert.Equal("250 2.0.0, 250 2.0.0, 250 2.0.0, 421 4.7.0", session.Ask(string.Concat(Enumerable.Repeat("BDAT 0\r\n", 6))));
        Assert.Equal(1, session.Handler.Sinks.Single().Disposals);
    }

    [Fact]
    [Trait("rfc", "2920#3.1")]
    public void Bdat_PipelinedBehindARefusedOne_AreNoErrors()
    {
        var session = Start(options => options.MaxErrors = 2);
        session.Handler.Refuse = at => at == Hook.Data ? new SmtpRefusal(452, new(4, 3, 1), "full") : null;
        var seen = session.Ask(Begin + string.Concat(Enumerable.Repeat("BDAT 3\r\na\r\n", 20)));
        Assert.EndsWith("503 5.5.1", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("421", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Bdat_OutOfNowhereAgainAndAgain_AreErrors()
    {
        var session = Start(options => options.MaxErrors = 2);
        Assert.Equal("503 5.5.1, 503 5.5.1, 421 4.7.0", session.Ask(string.Concat(Enumerable.Repeat("BDAT 3\r\na\r\n", 4))));
    }

    [Fact]
    [Trait("rfc", "2920#3.2")]
    public void Bdat_Replies_WaitForTheGroupButNeverForTheChunk()
    {
        var session = Start();
        var before = session.Flushes;
        session.Send(Begin + "BDAT 3\r\na\r\nBDAT 3\r\nb\r\nBDAT 0 LAST\r\n");
        Assert.Equal(before + 1, session.Flushes);
        Assert.Equal("250 2.1.0, 250 2.1.5", session.Ask(Begin + "BDAT 3 LAST\r\na\r"));
        Assert.Equal("250 2.0.0", session.Ask("\n"));
    }

    [Fact]
    [Trait("rfc", "3030#3")]
    public void BinaryMime_AnyBytes_ComeThroughAsTheyAre()
    {
        var session = Start();
        var content = string.Concat(Enumerable.Range(0, 256).Select(octet => (char)octet)) + "\n.\r\r\n.";
        Assert.Equal("250 2.1.0, 250 2.1.5, 250 2.0.0, 250 2.0.0", session.Ask($"{Binary}BDAT 100\r\n{content[..100]}BDAT {content.Length - 100} LAST\r\n{content[100..]}"));
        Assert.Equal(content, Assert.Single(session.Handler.Accepted));
        Assert.Equal(BodyType.BinaryMime, session.Handler.Envelopes.Single().Body);
        AssertInStep(session);
    }

    [Fact]
    [Trait("rfc", "3030#3")]
    public void BinaryMime_ByData_IsRefusedAndBdatStillWorks()
    {
        var session = Start();
        Assert.Equal("250 2.1.0, 250 2.1.5, 503 5.5.1, 250 2.0.0", session.Ask(Binary + "DATA\r\nBDAT 1 LAST\r\n\0"));
        Assert.Equal("\0", Assert.Single(session.Handler.Accepted));
    }

    [Fact]
    [Trait("rfc", "3030#3")]
    public void BinaryMime_WithoutChunking_CannotBeConfigured() =>
        Assert.Throws<ArgumentException>(() => new MemorySession(options => options.Features = SmtpServerFeatures.BinaryMime));

    [Fact]
    public void Ehlo_Features_AreAnnounced()
    {
        var answer = Start().Send(MemorySession.Hello);
        Assert.Contains("250-CHUNKING\r\n250 BINARYMIME\r\n", answer, StringComparison.Ordinal);
    }

    // Whatever is said, in whatever pieces: one reply a command, and no byte of a chunk is a command.
    [Property(MaxTest = 300)]
    [Trait("rfc", "3030#2")]
    public void Bdat_AmongAnyCommands_StaysInStep(byte[] script, int[] cuts)
    {
        var session = MemorySession.After("", options => (options.MaxErrors, options.MaxIdleCommands, options.MaxMessageSize) = (int.MaxValue, int.MaxValue, 60));
        var wire = new StringBuilder();
        foreach (var step in script)
        {
            var content = string.Concat(Enumerable.Repeat("QUIT\r\nRCPT\r\n", step / 64))[(step / 64 > 0 ? step % 3 : 0)..];
            wire.Append((step % 16) switch
            {
                0 or 1 => MemorySession.Hello,
                2 => "HELO c.example\r\n",
                3 or 4 => MemorySession.Mail,
                5 or 6 => MemorySession.Rcpt,
                7 => "RSET\r\n",
                8 => "MAIL FROM:<>\r\n",
                9 => "RCPT TO:<>\r\n",
                10 => "BDAT 3 ODD\r\n\r\n\r",
                11 => "BDAT 0\r\n",
                12 => "BDAT 0 LAST\r\n",
                13 => $"bdat {content.Length} last\r\n{content}",
                _ => $"BDAT {content.Length}\r\n{content}",
            });
        }
        var answer = session.SendInPieces(Encoding.Latin1.GetBytes(wire.ToString()), cuts);
        Assert.Equal(script.Length, MemorySession.Codes(answer).Count());
        Assert.DoesNotContain("221", MemorySession.Codes(answer));
        Assert.Equal("250 2.0.0", session.Ask("NOOP\r\n"));
        Assert.All(session.Handler.Sinks.SkipLast(1), sink => Assert.Equal(1, sink.Disposals));
        Assert.All(session.Handler.Accepted, message => Assert.InRange(message.Length, 0, 62));
    }

    [Property(MaxTest = 200)]
    [Trait("rfc", "3030#2")]
    public void Bdat_AnyBinaryInAnyChunksAndAnyPieces_ComesThrough(byte[] content, PositiveInt[] chunks, int[] cuts)
    {
        content = content.Length > 1000 ? content[..1000] : content;
        var wire = new MemoryStream();
        var at = 0;
        foreach (var chunk in chunks)
        {
            var size = Math.Min(chunk.Get % 50, content.Length - at);
            wire.Write(Encoding.Latin1.GetBytes($"BDAT {size}\r\n"));
            wire.Write(content, at, size);
            at += size;
        }
        wire.Write(Encoding.Latin1.GetBytes($"BDAT {content.Length - at} LAST\r\n"));
        wire.Write(content, at, content.Length - at);
        var session = Start(options => options.MaxIdleCommands = 10_000);
        session.Send(Binary);
        var codes = MemorySession.Codes(session.SendInPieces(wire.ToArray(), cuts)).ToList();
        Assert.Equal(Enumerable.Repeat("250 2.0.0", chunks.Length + 1), codes);
        Assert.Equal(Encoding.Latin1.GetString(content), Assert.Single(session.Handler.Accepted));
        AssertInStep(session);
    }

    private static MemorySession Start(Action<SmtpServerOptions>? configure = null) => MemorySession.After(MemorySession.Hello, options =>
    {
        options.MaxMessageSize = 1000;
        options.Features = SmtpServerFeatures.Chunking | SmtpServerFeatures.BinaryMime;
        configure?.Invoke(options);
    });

    // The next message goes through, and no sink is left open.
    private static void AssertInStep(MemorySession session)
    {
        Assert.Equal("250 2.1.0, 250 2.1.5, 354, 250 2.0.0", session.Ask(Begin + "DATA\r\nnext\r\n.\r\n"));
        Assert.Equal("next\r\n", session.Handler.Accepted.Last());
        Assert.All(session.Handler.Sinks, sink => Assert.Equal(1, sink.Disposals));
    }
}
