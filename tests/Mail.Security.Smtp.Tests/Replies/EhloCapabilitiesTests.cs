using System.Buffers;

namespace Mail.Security.Smtp.Tests.Replies;

public sealed class EhloCapabilitiesTests
{
    [Fact]
    [Trait("rfc", "5321#4.1.1.1")]
    public void FromReply_AllKeywords_AreFound()
    {
        var peer = Of("mx.example greets you", "PIPELINING", "SIZE 1000", "STARTTLS", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES",
            "CHUNKING", "BINARYMIME", "DSN", "REQUIRETLS", "AUTH PLAIN SCRAM-SHA-256");
        Assert.Equal("mx.example greets you", peer.Greeting);
        Assert.True(peer.Pipelining && peer.StartTls && peer.EightBitMime && peer.SmtpUtf8 && peer.EnhancedStatusCodes);
        Assert.True(peer.Chunking && peer.BinaryMime && peer.Dsn && peer.RequireTls);
        Assert.Equal(1000, peer.MaxSize);
        Assert.Equal(["PLAIN", "SCRAM-SHA-256"], peer.AuthMechanisms);
        Assert.Equal(11, peer.Keywords.Count);
    }

    [Theory]
    [InlineData("starttls", "STARTTLS", "")]
    [InlineData("  StartTls  ", "STARTTLS", "")]
    [InlineData("LIMITS  RCPTMAX=20\tMAILMAX=5 ", "limits", "RCPTMAX=20 MAILMAX=5")]
    [InlineData("X-OWN", "x-own", "")]
    public void FromReply_OddSpacingAndCase_IsAccepted(string line, string keyword, string parameters)
    {
        var peer = Of("mx.example", line);
        Assert.True(peer.TryGet(keyword, out var found));
        Assert.Equal(parameters, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-STARTTLS")]
    [InlineData("STARTTLS; x")]
    [InlineData("\u00C4XT")]
    public void FromReply_NoKeyword_IsIgnored(string line) => Assert.Empty(Of("mx.example", line).Keywords);

    [Theory]
    [InlineData("SIZE", null)]
    [InlineData("SIZE 0", null)]
    [InlineData("SIZE 1", 1L)]
    [InlineData("SIZE 10485760 extra", 10485760L)]
    [InlineData("SIZE -1", null)]
    [InlineData("SIZE many", null)]
    [InlineData("SIZE 99999999999999999999", null)]
    [InlineData("PIPELINING", null)]
    [Trait("rfc", "1870#3")]
    public void MaxSize_ZeroMissingOrOdd_IsNoLimit(string line, long? expected) => Assert.Equal(expected, Of("mx.example", line).MaxSize);

    [Fact]
    public void FromReply_OldAndRepeatedAuth_AreJoined() =>
        Assert.Equal(["LOGIN", "PLAIN", "CRAM-MD5"], Of("mx.example", "AUTH=LOGIN PLAIN", "auth plain cram-md5").AuthMechanisms);

    // As it comes from the wire; keywords, then mechanisms.
    [Theory]
    [InlineData("250 HELP\r\n", "", "")]
    [InlineData("250-HELP\r\n250 PIPELINING\r\n", "PIPELINING", "")]
    [InlineData("250-mx.example\r\n250 HELP\r\n", "HELP", "")]
    [InlineData("250-mx.example\r\n250-PIPELINING\r\n250\r\n", "PIPELINING", "")]
    [InlineData("250-\r\n250- PIPELINING\r\n250-\tDSN\t\r\n250  8bitmime \r\n", "PIPELINING DSN 8BITMIME", "")]
    [InlineData("250-mx\r\n250-STARTTLS\r\n250-StartTLS\r\n250 starttls extra\r\n", "STARTTLS", "")]
    [InlineData("250-mx\r\n250-AUTH=LOGIN PLAIN\r\n250-AUTH LOGIN PLAIN CRAM-MD5\r\n250 HELP\r\n", "AUTH HELP", "LOGIN PLAIN CRAM-MD5")]
    [InlineData("250-mx\r\n250 AUTH= LOGIN  PLAIN\r\n", "AUTH", "LOGIN PLAIN")]
    [InlineData("250-mx\r\n250 auth=\r\n", "AUTH", "")]
    [InlineData("250-mx\r\n250-AUTH\r\n250 AUTH\tplain\tPLAIN\r\n", "AUTH", "PLAIN")]
    [InlineData("250-mx\r\n250-SIZE=1000\r\n250-STARTTLS:\r\n250-*\r\n250 X_Y\r\n", "", "")]
    [Trait("rfc", "5321#4.1.1.1")]
    public void FromReply_OfOddServers_IsUnderstood(string wire, string keywords, string mechanisms)
    {
        var reader = new SequenceReader<byte>(Wire.Of(wire));
        Assert.Equal(ReadStatus.Complete, SmtpReplyReader.TryRead(ref reader, new byte[512], out var reply, out _));
        var peer = EhloCapabilities.FromReply(reply.ToReply());
        Assert.Equal((keywords, mechanisms), (string.Join(' ', peer.Keywords), string.Join(' ', peer.AuthMechanisms)));
    }

    [Fact]
    public void FromReply_RepeatedKeyword_FirstCounts() => Assert.Equal(10, Of("mx.example", "SIZE 10", "SIZE 20").MaxSize);

    [Fact]
    public void FromReply_FirstLine_IsNeverAKeyword() => Assert.False(Of("STARTTLS").StartTls);

    [Fact]
    public void FromReply_Refusal_AnnouncesNothing() =>
        Assert.Same(EhloCapabilities.None, EhloCapabilities.FromReply(new SmtpReply(502, null, ["mx.example", "STARTTLS"])));

    [Fact]
    public void None_HasNothing() =>
        Assert.Equal(("", 0, 0, null, false), (EhloCapabilities.None.Greeting, EhloCapabilities.None.Keywords.Count, EhloCapabilities.None.AuthMechanisms.Count, EhloCapabilities.None.MaxSize, EhloCapabilities.None.RequireTls));

    private static EhloCapabilities Of(params string[] lines) => EhloCapabilities.FromReply(new SmtpReply(250, null, lines));
}
