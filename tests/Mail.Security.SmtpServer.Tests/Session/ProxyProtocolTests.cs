using System.IO.Pipelines;
using System.Net;
using System.Text;
using FsCheck.Xunit;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Session;

/// <summary>PROXY headers in front of a session; the test's own end is 192.0.2.7:4711.</summary>
public sealed class ProxyProtocolTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const string Four = "\u0021\u0011\0\u000C\u00C6\u0033\u0064\u0009\u00C6\u0033\u0064\u0001\u0010\u0000\0\u0019";       // 198.51.100.9:4096 to 198.51.100.1:25
    private static readonly string Six = "\u0021\u0021\0\u0024 \u0001\u000D\u00B8" + new string('\0', 11) + "\u0001 \u0001\u000D\u00B8" + new string('\0', 11) + "\u0002\u0010\0\0\u0019";

    public static TheoryData<string, string?, string?> Headers() => new()
    {
        { "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n", "198.51.100.9:4096", "198.51.100.1:25" },
        { "PROXY TCP6 2001:db8::1 2001:db8::2 4096 25\r\n", "[2001:db8::1]:4096", "[2001:db8::2]:25" },
        { "PROXY TCP6 2001:0db8:0:0:0:0:0:1 2001:db8::2 65535 0\r\n", "[2001:db8::1]:65535", "[2001:db8::2]:0" },
        { "PROXY UNKNOWN\r\n", null, "192.0.2.1:25" },
        { "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", null, "192.0.2.1:25" },
        { Signature + Four, "198.51.100.9:4096", "198.51.100.1:25" },
        { Signature + Six, "[2001:db8::1]:4096", "[2001:db8::2]:25" },
        { Signature + Four.Replace("\0\u000C", "\0\u0011", StringComparison.Ordinal) + "\u0004\0\u0002ab", "198.51.100.9:4096", "198.51.100.1:25" },      // with a TLV
        { Signature + "\u0021\0\0\0", null, "192.0.2.1:25" },
        { Signature + "\u0021\u0031\0\u0002xx", null, "192.0.2.1:25" },
        { Signature + "\u0020\0\0\0", "192.0.2.7:4711", "192.0.2.1:25" },                       // LOCAL
        { Signature + "\u0020\u0011" + Four[2..], "192.0.2.7:4711", "192.0.2.1:25" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Header_FromATrustedSource_SaysWhoTheClientIs(string header, string? remote, string? local)
    {
        foreach (var slowly in new[] { false, true })
        {
            var session = Start();
            Assert.Equal("", session.Received());
            var bytes = Encoding.Latin1.GetBytes(header + MemorySession.Hello);
            Assert.Equal("220, 250", string.Join(", ", MemorySession.Codes(slowly ? session.SendSlowly(bytes) : session.Send(bytes))));
            Assert.Equal((remote, local), (session.Info.RemoteEndPoint?.ToString(), session.Info.LocalEndPoint?.ToString()));
            Assert.Equal(remote == "192.0.2.7:4711" ? null : "192.0.2.7:4711", session.Info.ProxyEndPoint?.ToString());
            Assert.Equal("250 2.1.0", session.Ask(MemorySession.Mail));
        }
    }

    public static TheoryData<string> NoHeaders() =>
    [
        "EHLO c.example\r\n",
        "PROXY\r\n",
        "PROXY TCP4\r\n",
        "proxy TCP4 198.51.100.9 198.51.100.1 4096 25\r\n",
        "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\n" + MemorySession.Hello + "PADDING TO FILL A LONGEST LINE OF THE FIRST VERSION, WHICH HAS 107 BYTES",
        "PROXY TCP4 198.51.100.9 198.51.100.1 4096\r\n",
        "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25 1\r\n",
        "PROXY TCP4  198.51.100.9 198.51.100.1 4096 25\r\n",
        "PROXY TCP4 198.51.100.9 198.51.100.1 65536 25\r\n",
        "PROXY TCP4 198.51.100.9 198.51.100.1 -1 25\r\n",
        "PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\0\r\n",              // the framework's parsers pass over NULs at the end
        "PROXY TCP4 198.51.100.09 198.51.100.1 4096 25\r\n",
        "PROXY TCP4 1 198.51.100.1 4096 25\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 4096 25\r\n",
        "PROXY TCP6 198.51.100.9 198.51.100.1 4096 25\r\n",
        "PROXY TCP6 fe80::1%1 2001:db8::2 4096 25\r\n",
        "PROXY TCP6 [2001:db8::1] 2001:db8::2 4096 25\r\n",
        "PROXY UDP4 198.51.100.9 198.51.100.1 4096 25\r\n",
        "PROXY UNKNOWN " + new string('x', 120),
        "\r\n\r\n\0\r\nQUIT\r\n",
        Signature + "\u0011\u0011\0\u000C" + Four[4..],           // version 1 in the second's form
        Signature + "\u0022\u0011\0\u000C" + Four[4..],           // a command to come
        Signature + "\u0021\u0012\0\u000C" + Four[4..],           // UDP
        Signature + "\u0021\u0011\0\u000B" + Four[4..^1],         // too short for its addresses
        Signature + "\u0021\u0021\0\u000C" + Four[4..],
        Signature + "\u0021\u0011\u0010\u0001",                   // longer than anyone sends
    ];

    [Theory]
    [MemberData(nameof(NoHeaders))]
    public void Header_ThatIsNone_ClosesWithoutAWord(string bytes)
    {
        var session = Start();
        Assert.Equal("", session.Send(bytes));
        Assert.Equal(SessionEndReason.BadProxyHeader, session.End.Reason);
        Assert.Empty(session.Handler.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 198.51")]
    [InlineData(Signature)]
    public void Header_ThatDoesNotCome_ClosesInTime(string bytes)
    {
        var session = Start();
        session.Send(bytes);
        Assert.Equal("", session.Advance(TimeSpan.FromSeconds(9)));
        Assert.False(session.Run.IsCompleted);
        Assert.Equal("", session.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(SessionEndReason.BadProxyHeader, session.End.Reason);
    }

    [Theory]
    [InlineData("", SessionEndReason.ClientClosed)]
    [InlineData("PROXY ", SessionEndReason.ConnectionLost)]
    public void Header_ConnectionClosedBefore_IsNoFaultOfTheHeader(string bytes, SessionEndReason expected)
    {
        var session = Start();
        session.Send(bytes);
        session.Close();
        Assert.Equal(expected, session.End.Reason);
    }

    [Theory]
    [InlineData("::ffff:192.0.2.7", "192.0.2.0/24", "198.51.100.9:4096")]       // as a socket for both families tells it
    [InlineData("192.0.2.7", "192.0.2.7/32", "198.51.100.9:4096")]
    [InlineData("2001:db8::7", "2001:db8::/64", "198.51.100.9:4096")]
    [InlineData("2001:db8::7", "0.0.0.0/0", "[2001:db8::7]:4711")]
    [InlineData("::ffff:192.0.2.7", "::/0", "[::ffff:192.0.2.7]:4711")]         // every IPv6 address is not every address
    public async Task Header_SourceInANetwork_IsTrustedByItsOwnFamily(string source, string network, string client)
    {
        var options = MemorySession.Defaults();
        options.ProxyProtocolSources = [IPNetwork.Parse(network)];
        var session = new SmtpSessionInfo(new IPEndPoint(IPAddress.Parse(source), 4711), null);
        var (toServer, toClient) = (new Pipe(), new Pipe());
        await toServer.Writer.WriteAsync(Encoding.Latin1.GetBytes("PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\nQUIT\r\n"), TestContext.Current.CancellationToken);
        var end = await new SmtpServerSession(new Ends(toServer.Reader, toClient.Writer), options, new RecordingHandler(), session).RunAsync(CancellationToken.None);
        Assert.Equal((SessionEndReason.Quit, client), (end.Reason, session.RemoteEndPoint!.ToString()));
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    [Fact]
    public void Header_Shutdown_Closes()
    {
        var session = Start();
        Assert.Equal("", session.Shutdown());
        Assert.Equal(SessionEndReason.Shutdown, session.End.Reason);
    }

    [Fact]
    public void Header_FromAnybodyElse_IsNoCommand()
    {
        var session = new MemorySession(options => options.ProxyProtocolSources = [IPNetwork.Parse("198.51.100.0/24")]);
        Assert.Equal("220 mx.example ESMTP ready\r\n", session.Received());
        Assert.Equal("500 5.5.2", session.Ask("PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n"));
        Assert.Equal(("192.0.2.7:4711", null), (session.Info.RemoteEndPoint?.ToString(), session.Info.ProxyEndPoint));
    }

    [Property(MaxTest = 500)]
    public void Header_AnyBytesBehindAStart_NeverSpeakAndNeverTrust(byte[] tail, bool binary)
    {
        var session = Start();
        session.Send((byte[])[.. Encoding.Latin1.GetBytes(binary ? Signature : "PROXY "), .. tail]);
        if (session.Run.IsCompleted)
            Assert.Equal(SessionEndReason.BadProxyHeader, session.End.Reason);
        session.Abort();
    }

    private static MemorySession Start() => new(options => options.ProxyProtocolSources = [IPNetwork.Parse("192.0.2.0/24")]);
}
