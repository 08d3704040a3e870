using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>Content that a server cannot be sent as it is: converted by whoever can, refused by this side otherwise.</summary>
public sealed class ContentConverterTests
{
    private const string Delivered = "Accepted/EndOfData; -; Reusable";

    private static readonly BytesContent Eight = new("Subject: a\r\n\r\n\u00fc\r\n"u8.ToArray());

    [Theory]                                                // announced, declared; what the converter was asked for; what was declared to the server
    [InlineData("8BITMIME", BodyType.EightBitMime, "", "BODY=8BITMIME")]
    [InlineData("HELP", BodyType.EightBitMime, "SevenBit", "")]
    [InlineData("HELP", BodyType.SevenBit, "", "")]
    [InlineData("8BITMIME", BodyType.BinaryMime, "EightBit", "BODY=8BITMIME")]
    [InlineData("8BITMIME+BINARYMIME", BodyType.BinaryMime, "EightBit", "BODY=8BITMIME")]
    [InlineData("8BITMIME+CHUNKING", BodyType.BinaryMime, "EightBit", "BODY=8BITMIME")]
    [InlineData("CHUNKING+BINARYMIME", BodyType.BinaryMime, "", "BODY=BINARYMIME")]
    [InlineData("HELP", BodyType.BinaryMime, "SevenBit", "")]
    [Trait("rfc", "6152#3"), Trait("rfc", "3030#3")]
    public async Task SendAsync_AsTheServerTakesIt_ConvertedOrAsItIs(string keywords, BodyType body, string asked, string declared)
    {
        foreach (var pipelining in (string[])["PIPELINING", "HELP"])
        {
            await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [pipelining, "SIZE", .. keywords.Split('+')] });
            var converter = new FakeConverter();
            await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Converter = converter });

            Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test") with { Body = body }, Eight, Rig.Stop)));

            Assert.Equal(asked, string.Join(' ', converter.Asked));
            Assert.Equal(converter.Asked.Count, converter.Disposed);
            var length = asked.Length > 0 ? FakeConverter.Text.Length : Eight.Length;
            Assert.Equal($"MAIL FROM:<from@client.test> SIZE={length} {declared}".TrimEnd(), peer.Connections[0].Commands[1]);
            Assert.Equal(length, Assert.Single(peer.Connections[0].Messages).Content.Length);
        }
    }

    [Fact]
    public async Task SendAsync_DeclaredEightBitButIsNot_NotConverted()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["HELP"] });
        var converter = new FakeConverter();
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Converter = converter });

        Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test") with { Body = BodyType.EightBitMime }, Rig.Content, Rig.Stop)));
        Assert.Empty(converter.Asked);
    }

    [Theory]
    [InlineData(BodyType.EightBitMime, "8-bit content, and the server does not announce 8BITMIME: it is signed")]
    [InlineData(BodyType.BinaryMime, "binary content, and the server does not announce BINARYMIME with CHUNKING: it is signed")]
    public async Task SendAsync_NotConvertible_RefusedByThisSideAndTheNextGoes(BodyType body, string detail)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING"] });
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Converter = new FakeConverter { Refuses = "it is signed" } });

        var result = await session.SendAsync(Rig.Envelope("a@mx.test") with { Body = body }, Eight, Rig.Stop);
        Assert.Equal("Refused/Local; -; Reusable", Rig.Describe(result));
        Assert.Equal($"554 5.6.3 {detail}", result.Recipients[0].Detail);
        Assert.Equal(Delivered, Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
    }

    [Fact]
    public async Task SendAllAsync_ConvertedAmongOthers_EachAsItIs()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING"] });
        await using var session = await Rig.OpenAsync(peer, Rig.Clear with { Converter = new FakeConverter() });
        var feed = new ListFeed(ListFeed.Item("a"), ListFeed.Item("eight", Rig.Envelope("e@mx.test") with { Body = BodyType.EightBitMime }, Eight), ListFeed.Item("b"));

        await session.SendAllAsync(feed, Rig.Stop);

        Assert.Equal(["a: " + Delivered, "eight: " + Delivered, "b: " + Delivered], feed.Ended);
        Assert.Equal(["Subject: a\r\n\r\n.a\r\n", FakeConverter.Text, "Subject: b\r\n\r\n.b\r\n"], peer.Connections[0].Messages.Select(message => message.Text));
    }

    private sealed class FakeConverter : ContentConverter
    {
        public const string Text = "Subject: a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n";

        public string? Refuses { get; init; }

        public List<ContentForm> Asked { get; } = [];

        public int Disposed { get; private set; }

        public override ValueTask<ContentConversion> ConvertAsync(MessageContent content, ContentForm form, CancellationToken cancellationToken = default)
        {
            Asked.Add(form);
            return ValueTask.FromResult<ContentConversion>(Refuses is { } reason ? new ContentConversion.NotPossible(reason) : new ContentConversion.Converted(new Made(() => Disposed++)));
        }

        private sealed class Made(Action onDispose) : MessageContent, IAsyncDisposable
        {
            public override long Length => Text.Length;

            public override Stream OpenRead() => new MemoryStream(System.Text.Encoding.Latin1.GetBytes(Text), writable: false);

            public ValueTask DisposeAsync()
            {
                onDispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
