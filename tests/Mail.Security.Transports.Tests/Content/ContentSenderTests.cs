using System.Text;

namespace Mail.Security.Transports.Tests;

/// <summary>What goes over the wire after 354: whole content and its dot, or content without the dot.</summary>
public sealed class ContentSenderTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n.a\r\n..\r\n", "..\r\n..a\r\n...\r\n.\r\n")]
    [InlineData("a\r\n.\r\nMAIL FROM:<x@y.test>\r\n", "a\r\n..\r\nMAIL FROM:<x@y.test>\r\n.\r\n")]
    [InlineData("\r\n\r\n", "\r\n\r\n.\r\n")]
    [Trait("rfc", "5321#4.5.2")]
    public async Task SendAsync_Content_StuffedAndEnded(string content, string wire)
    {
        var (result, written) = await SendAsync(Rig.Text(content));

        Assert.Equal(DeliveryOutcome.Accepted, Assert.Single(result.Recipients).Outcome);
        Assert.Equal(wire, written);
    }

    [Theory]
    [InlineData("a\nb\r\n", "BareLineFeed")]
    [InlineData("a\rb\r\n", "BareCarriageReturn")]
    [InlineData("a\r", "BareCarriageReturn")]
    [InlineData("a\r\n.\n", "BareLineFeed")]
    [InlineData("a\r\n\r.\r\n", "BareCarriageReturn")]
    [InlineData("a\0b\r\n", "NulByte")]
    [Trait("rfc", "5321#2.3.8")]
    [Trait("rfc", "5321#4.1.1.4")]
    public async Task SendAsync_FaultyContent_RefusedWithoutTheDot(string content, string fault)
    {
        foreach (var before in new[] { 0, 40_000, 70_000 })                 // with blocks already on their way, too
        {
            var (result, written) = await SendAsync(Rig.Text(string.Concat(Enumerable.Repeat("0123456\r\n", before / 9)) + content));

            Assert.Equal("Refused/EndOfData; -; Broken", Rig.Describe(result));
            Assert.Equal(new EnhancedStatus(5, 6, 0), result.Recipients[0].Local?.Status);
            Assert.Contains(fault, result.Recipients[0].Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\n.\r\n", written, StringComparison.Ordinal);
            Assert.False(written.StartsWith(".\r\n", StringComparison.Ordinal));
        }
    }

    // Up to six around the end at the encoder's own tests; here whole sessions, whose server hears what they say.
    [Fact]
    [Trait("rfc", "5321#2.3.8")]
    [Trait("rfc", "5321#4.1.1.4")]
    public async Task SendAsync_EverySequenceOfUpToFourAroundTheEnd_IsOneMessageOrNone()
    {
        foreach (var sequence in Enumerable.Range(0, 5).SelectMany(Sequences))
        {
            var content = $"line{sequence}RCPT TO:<x@y.test>\r\n";
            var clean = content.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']) < 0;
            var (result, wire) = await SendAsync(Rig.Text(content));

            Assert.Equal(clean ? DeliveryOutcome.Accepted : DeliveryOutcome.Refused, Assert.Single(result.Recipients).Outcome);
            Assert.Equal(-1, wire.Replace("\r\n", "", StringComparison.Ordinal).IndexOfAny(['\r', '\n', '\0']));
            Assert.Equal(clean ? content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n" : wire, wire);
            Assert.Equal(clean ? 1 : 0, wire.Split("\r\n.\r\n").Length - 1);
        }
    }

    [Theory]                                                                // half a message is not the message, nor is one that goes on and on
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-5_000)]
    public async Task SendAsync_ContentOfAnotherLength_ThrowsWithoutTheDot(int off)
    {
        var wire = "";
        await Assert.ThrowsAsync<InvalidDataException>(async () => await SendAsync(new FakeContent("Subject: a\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456\r\n", 560)), off), text => wire = text));

        Assert.DoesNotContain("\r\n.\r\n", wire, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_ContentThrows_ExceptionPassesAndDotIsNotSent()
    {
        var wire = "";
        var thrown = await Assert.ThrowsAsync<IOException>(async () => await SendAsync(new FakeContent("Subject: a\r\n\r\nb\r\n", 0) { Throws = new IOException("disk") }, text => wire = text));

        Assert.Equal("disk", thrown.Message);
        Assert.DoesNotContain("\r\n.\r\n", wire, StringComparison.Ordinal);
    }

    private static async Task<(TransactionResult Result, string Wire)> SendAsync(MessageContent content, Action<string>? onWire = null)
    {
        var link = new MemoryLink();
        var server = ServeAsync();
        var opened = Assert.IsType<SessionOpenResult.Opened>(await SmtpClientSession.OpenAsync(link.Client, Rig.Clear, new StageClock(), Rig.Stop));
        await using var session = opened.Session;
        try
        {
            var result = await session.SendAsync(Rig.Envelope("a@mx.test"), content, Rig.Stop);
            await session.DisposeAsync();
            return (result, await server);
        }
        finally
        {
            Assert.Equal(link.Client.IsDisposed, session.State == SessionState.Broken);
            await session.DisposeAsync();
            onWire?.Invoke(await server);
        }

        async Task<string> ServeAsync()
        {
            await link.SayAsync("220 mx.test\r\n");
            foreach (var reply in new[] { "250 mx.test\r\n", "250 OK\r\n", "250 OK\r\n", "354 go ahead\r\n" })
            {
                await link.Server.ReadLineAsync(Rig.Stop);
                await link.SayAsync(reply);
            }
            var text = new StringBuilder();
            var buffer = new char[4096];
            var answered = false;
            int count;
            while ((count = await link.Server.ReadAsync(buffer, Rig.Stop)) > 0)
            {
                text.Append(buffer, 0, count);
                var seen = text.ToString();
                if (!answered && (seen == ".\r\n" || seen.EndsWith("\r\n.\r\n", StringComparison.Ordinal)))
                {
                    answered = true;
                    await link.SayAsync("250 queued\r\n");
                }
            }
            return text.ToString();
        }
    }

    private static IEnumerable<string> Sequences(int length) => length == 0
        ? [""]
        : from rest in Sequences(length - 1) from letter in "\r\n.\0" select rest + letter;

    private sealed class FakeContent(string text, int off) : MessageContent
    {
        public Exception? Throws { get; init; }

        public override long Length => text.Length + off;

        public override Stream OpenRead() => new FakeStream(Encoding.Latin1.GetBytes(text), Throws);
    }

    private sealed class FakeStream(byte[] bytes, Exception? throws) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length && throws is not null ? ValueTask.FromException<int>(throws) : base.ReadAsync(buffer, cancellationToken);
    }
}
