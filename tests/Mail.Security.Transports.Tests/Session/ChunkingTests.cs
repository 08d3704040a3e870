using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Content by BDAT: which content goes so, what a chunk is, and what an answer to one means.</summary>
public sealed class ChunkingTests
{
    private const string Delivered = "Accepted/EndOfData; -; Reusable";

    private static readonly SmtpSessionSettings Small = Rig.Clear with { ChunkSize = 1024, Chunking = ChunkingUse.Always };

    // More than two chunks, the last of them short.
    private static readonly string Text = string.Concat(Enumerable.Range(0, 50).Select(number => $"{number:000} {new string('x', 60)}\r\n.\r\n"));

    [Theory]
    [InlineData("CHUNKING", ChunkingUse.WhenLarge, BodyType.SevenBit, 1023, "DATA")]
    [InlineData("CHUNKING", ChunkingUse.WhenLarge, BodyType.SevenBit, 1024, "BDAT 1024 LAST")]
    [InlineData("CHUNKING", ChunkingUse.WhenLarge, BodyType.SevenBit, 1025, "BDAT 1024 BDAT 1 LAST")]
    [InlineData("CHUNKING", ChunkingUse.WhenLarge, BodyType.SevenBit, 4096, "BDAT 1024 BDAT 1024 BDAT 1024 BDAT 1024 LAST")]
    [InlineData("CHUNKING", ChunkingUse.WhenBinary, BodyType.SevenBit, 4096, "DATA")]
    [InlineData("CHUNKING", ChunkingUse.Always, BodyType.SevenBit, 10, "BDAT 10 LAST")]
    [InlineData("CHUNKING", ChunkingUse.Always, BodyType.SevenBit, 0, "BDAT 0 LAST")]
    [InlineData("HELP", ChunkingUse.Always, BodyType.SevenBit, 4096, "DATA")]
    [InlineData("CHUNKING+BINARYMIME", ChunkingUse.WhenBinary, BodyType.BinaryMime, 10, "BDAT 10 LAST")]
    [InlineData("CHUNKING+BINARYMIME", ChunkingUse.WhenLarge, BodyType.BinaryMime, 10, "BDAT 10 LAST")]
    [Trait("rfc", "3030#2"), Trait("rfc", "3030#3")]
    public async Task SendAsync_Content_GoesByTheCommandThatFits(string keywords, ChunkingUse use, BodyType body, int size, string commands)
    {
        foreach (var pipelining in (string[])["HELP", "PIPELINING"])
        {
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [pipelining, .. keywords.Split('+')] });
            await using var session = await Rig.OpenAsync(peer, Small with { Chunking = use });
            var text = size == 0 ? "" : new string('x', Math.Max(0, size - 2)) + "\r\n";

            Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test") with { Body = body }, Rig.Text(text), Rig.Stop)));

            Assert.Equal(commands, string.Join(' ', peer.Connections[0].Commands.Skip(3)));
            Assert.Equal(body == BodyType.BinaryMime, peer.Connections[0].Commands[1].EndsWith("BODY=BINARYMIME", StringComparison.Ordinal));
            Assert.Equal(text, Assert.Single(peer.Connections[0].Messages).Text);
        }
    }

    [Theory]
    [InlineData("PIPELINING", true)]
    [InlineData("PIPELINING", false)]
    [InlineData("HELP", true)]
    [InlineData("HELP", false)]
    public async Task SendAsync_ManyChunks_OctetForOctetWithoutStuffing(string keyword, bool inMemory)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword, "CHUNKING", "BINARYMIME"] });
        await using var session = await Rig.OpenAsync(peer, Small);
        var text = string.Concat(Enumerable.Repeat(Text, 30));
        var binary = "\0\r\n.\r\nMAIL FROM:<x@y.test>\n\r" + text;

        MessageContent Content(string from) => inMemory ? Rig.Text(from) : new StreamedText(from, from.Length);
        Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Content(text), Rig.Stop)));
        Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test") with { Body = BodyType.BinaryMime }, Content(binary), Rig.Stop)));

        Assert.Equal([text, binary], peer.Connections[0].Messages.Select(message => message.Text));
        Assert.DoesNotContain("RSET", peer.Connections[0].Commands);
    }

    [Theory]                                                // BDAT has no 354: a reply too many would be taken for the answer to the content, and refused mail for accepted
    [InlineData(SmtpPeerMoment.Recipient, 1, "250 2.1.5 ok\r\n250 2.1.5 ok", "Deferred/Data; ProtocolViolation@Data; Broken")]
    [InlineData(SmtpPeerMoment.EndOfData, 1, "250 2.0.0 ok\r\n554 5.6.0 no", "Deferred/EndOfData; ProtocolViolation@EndOfData; Broken")]
    [InlineData(SmtpPeerMoment.EndOfData, 1, "250 2.0.0 ok\r\n250 2.0.0 ok", "Accepted/EndOfData; -; Broken")]
    [InlineData(SmtpPeerMoment.EndOfData, 1, "250 2.0.0 ok\r\n421 4.3.2 closing", "Accepted/EndOfData; -; Broken")]
    public async Task SendAsync_OneReplyTooMany_NotTakenForTheOneToTheContent(SmtpPeerMoment moment, int occurrence, string replies, string outcome)
    {
        foreach (var keyword in moment == SmtpPeerMoment.Recipient ? (string[])["PIPELINING"] : ["PIPELINING", "HELP"])
        {
            var options = new MailExchangerOptions { Keywords = [keyword, "CHUNKING"] };
            options.Rules.Add(new SmtpPeerRule(moment, new SmtpPeerAction.Raw(replies + "\r\n")) { Occurrence = occurrence });
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
            await using var session = await Rig.OpenAsync(peer, Small);

            Assert.Equal(outcome, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(new string('x', 1500) + "\r\n"), Rig.Stop)));
        }
    }

    [Theory]                                                // what came after the message before would be taken for the replies to this one
    [InlineData("PIPELINING", false)]
    [InlineData("PIPELINING", true)]
    [InlineData("HELP", false)]
    [InlineData("HELP", true)]
    public async Task SendAsync_AReplyTooManyBetweenMessages_NothingIsSent(string keyword, bool tls)
    {
        using var certificate = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["mx.test"] });
        var options = new MailExchangerOptions { Keywords = [keyword, "CHUNKING"], KeywordsUnderTls = [keyword, "CHUNKING"], Tls = tls ? new SmtpPeerTls(certificate) : null };
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Raw("250 2.0.0 ok\r\n250 2.0.0 again\r\n")) { Occurrence = 1 });
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Reply("554 5.6.0 no")) { Occurrence = 2 });
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer, (tls ? Rig.StartTls : Rig.Clear) with { Chunking = ChunkingUse.WhenLarge, ChunkSize = 1024 });
        Assert.Equal(DeliveryOutcome.Accepted, (await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text("short\r\n"), Rig.Stop)).Recipients[0].Outcome);
        Assert.SkipWhen(session.State == SessionState.Broken, "seen already");

        var result = await session.SendAsync(Rig.Envelope("b@mx.test"), Rig.Text(new string('x', 1500) + "\r\n"), Rig.Stop);

        Assert.Equal("Deferred/Mail; ProtocolViolation@Mail; Broken", Rig.Describe(result));
    }

    [Fact, Trait("rfc", "3030#2")]
    public async Task SendAsync_LastChunkAcceptedAfterARefusedOne_RefusedAndClosed()
    {
        var options = new MailExchangerOptions { Keywords = ["PIPELINING", "CHUNKING"] };
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.Chunk, new SmtpPeerAction.Reply("554 5.6.0 no")));
        options.Rules.Add(new SmtpPeerRule(SmtpPeerMoment.EndOfData, new SmtpPeerAction.Raw("250 2.0.0 ok\r\n")));
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
        await using var session = await Rig.OpenAsync(peer, Small);

        Assert.Equal("Refused/EndOfData; ProtocolViolation@EndOfData; Broken", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(new string('x', 1500) + "\r\n"), Rig.Stop)));
    }

    [Theory]                                                // text is refused as DATA would refuse it: the next hop may have nothing else
    [InlineData("a\nb\r\n", "BareLineFeed")]
    [InlineData("a\rb\r\n", "BareCarriageReturn")]
    [InlineData("a\0b\r\n", "NulByte")]
    [InlineData("a\r", "BareCarriageReturn")]
    [Trait("rfc", "5321#2.3.8"), Trait("rfc", "3030#2")]
    public async Task SendAsync_FaultyText_NoMessageIsCompleted(string content, string fault)
    {
        foreach (var before in (int[])[0, 3000])
        {
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "CHUNKING"] });
            await using var session = await Rig.OpenAsync(peer, Small);

            var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(string.Concat(Enumerable.Repeat("0123456\r\n", before / 9)) + content), Rig.Stop);

            Assert.Equal("Refused/EndOfData; -; Broken", Rig.Describe(result));
            Assert.Contains(fault, result.Recipients[0].Detail, StringComparison.Ordinal);
            Assert.Empty((await peer.WaitForEndAsync(1, Rig.Stop)).Messages);
        }
    }

    [Theory]
    [InlineData(-1, 100)]
    [InlineData(1, 100)]
    [InlineData(-1, 100_000)]
    [InlineData(1, 100_000)]
    [InlineData(1, 0)]
    public async Task SendAsync_ContentOfAnotherLength_ThrowsAndNoMessageIsCompleted(int off, int size)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "CHUNKING"] });
        await using var session = await Rig.OpenAsync(peer, Small);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await session.SendAsync(Rig.Envelope("a@mx.test"), new StreamedText(new string('x', size), size + off), Rig.Stop));

        Assert.Equal(SessionState.Broken, session.State);
        Assert.Empty((await peer.WaitForEndAsync(1, Rig.Stop)).Messages);
    }

    [Theory]                                                // RFC 3030 §2: no more chunks after a refusal, and RSET before anything else
    [InlineData(SmtpPeerMoment.Chunk, 1, "452 4.3.1 full", "Deferred/EndOfData; -; Reusable")]
    [InlineData(SmtpPeerMoment.Chunk, 2, "552 5.3.4 too big", "Refused/EndOfData; -; Reusable")]
    [InlineData(SmtpPeerMoment.EndOfData, 1, "554 5.6.0 no", "Refused/EndOfData; -; Reusable")]
    [Trait("rfc", "3030#2")]
    public async Task SendAsync_ChunkRefused_InStepAndTheNextGoes(SmtpPeerMoment moment, int occurrence, string reply, string outcome)
    {
        foreach (var keyword in (string[])["PIPELINING", "HELP"])
        {
            var options = new MailExchangerOptions { Keywords = [keyword, "CHUNKING"] };
            options.Rules.Add(new SmtpPeerRule(moment, Act.Read(reply)) { Occurrence = occurrence });
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(options);
            await using var session = await Rig.OpenAsync(peer, Small);

            var result = await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(Text), Rig.Stop);
            Assert.Equal(outcome, Rig.Describe(result));
            Assert.Equal(reply, result.Recipients[0].Reply?.ToString());
            Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("b@mx.test"), Rig.Text("short\r\n"), Rig.Stop)));

            Assert.Single(peer.Connections[0].Commands, command => command == "RSET");
            Assert.Equal("short\r\n", peer.Connections[0].Messages[^1].Text);
            var sent = peer.Connections[0].Commands.TakeWhile(command => command != "RSET").Count(command => command.StartsWith("BDAT", StringComparison.Ordinal));
            Assert.InRange(sent, 1, moment == SmtpPeerMoment.EndOfData ? 4 : occurrence + 1);
        }
    }

    [Theory]
    [InlineData("550 5.1.1 unknown", "Refused/Recipient; -; Reusable")]
    [InlineData("421 4.3.2 closing CLOSE", "Deferred/Recipient; Refused421@Recipient; Broken")]
    public async Task SendAsync_NobodyAccepted_NoChunkIsSent(string reply, string outcome)
    {
        foreach (var keyword in (string[])["PIPELINING", "HELP"])
        {
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword, "CHUNKING"] }.On(SmtpPeerMoment.Recipient, Act.Read(reply)));
            await using var session = await Rig.OpenAsync(peer, Small);

            Assert.Equal(outcome, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(Text), Rig.Stop)));
            Assert.DoesNotContain(peer.Connections[0].Commands, command => command.StartsWith("BDAT", StringComparison.Ordinal) || command == "DATA");
        }
    }

    [Fact]                                                  // an envelope that belongs to chunks does not go ahead, and nothing goes ahead behind chunks
    public async Task SendAllAsync_ChunksAmongOthers_AllArrive()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING", "CHUNKING"] });
        await using var session = await Rig.OpenAsync(peer, Small with { Chunking = ChunkingUse.WhenLarge });
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("large", Rig.Text(Text)), ListFeed.Item("b"), ListFeed.Item("c"), ListFeed.Item("large2", Rig.Text(Text)));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.All(feed.Ended, ended => Assert.EndsWith(Delivered, ended, StringComparison.Ordinal));
        Assert.Equal(5, feed.Ended.Count);
        Assert.Equal([Text, Text], peer.Connections[0].Messages.Where(message => message.Content.Length > 1000).Select(message => message.Text));
    }

    private sealed class StreamedText(string text, long length) : MessageContent
    {
        public override long Length => length;

        public override Stream OpenRead() => new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text), writable: false);
    }
}
