using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Commands;

/// <summary>XCLIENT from a trusted source, 192.0.2.7.</summary>
public sealed class XclientTests
{
    [Theory]
    [InlineData("ADDR=198.51.100.9 PORT=4096", "198.51.100.9:4096", "192.0.2.1:25", "", null, "")]
    [InlineData("ADDR=IPV6:2001:db8::1", "[2001:db8::1]:0", "192.0.2.1:25", "", null, "")]
    [InlineData("addr=198.51.100.9 name=host.example helo=helo.example", "198.51.100.9:0", "192.0.2.1:25", "host.example", null, "helo.example")]
    [InlineData("NAME=[UNAVAILABLE] ADDR=198.51.100.9 PORT=[TEMPUNAVAIL]", "198.51.100.9:0", "192.0.2.1:25", "", null, "")]
    [InlineData("ADDR=[UNAVAILABLE]", null, "192.0.2.1:25", "", null, "")]
    [InlineData("LOGIN=ann+40a.example PROTO=ESMTP", "192.0.2.7:4711", "192.0.2.1:25", "", "ann@a.example", "")]
    [InlineData("LOGIN=a+2Bb+20c PROTO=[UNAVAILABLE]", "192.0.2.7:4711", "192.0.2.1:25", "", "a+b c", "")]
    [InlineData("DESTADDR=198.51.100.1 DESTPORT=587", "192.0.2.7:4711", "198.51.100.1:587", "", null, "")]
    [InlineData("PORT=1", "192.0.2.7:1", "192.0.2.1:25", "", null, "")]
    public void Xclient_FromATrustedSource_BeginsTheSessionOfAnotherClient(string attributes, string? remote, string local, string name, string? login, string helo)
    {
        var session = Start();
        session.Info.HandlerState = "something";
        Assert.Equal("220 mx.example ESMTP ready\r\n", session.Send($"XCLIENT {attributes}\r\n"));
        Assert.Equal((remote, local, "192.0.2.7:4711"), (session.Info.RemoteEndPoint?.ToString(), session.Info.LocalEndPoint?.ToString(), session.Info.ProxyEndPoint?.ToString()));
        Assert.Equal((name, login, helo, null), (session.Info.RemoteName.IsEmpty ? "" : session.Info.RemoteName.Ascii, session.Info.Login, session.Info.HelloName, session.Info.HandlerState));
        Assert.Equal("503 5.5.1, 250, 250 2.1.0", session.Ask(MemorySession.Mail + MemorySession.Hello + MemorySession.Mail));
        Assert.Equal([Hook.Connect, Hook.Hello, Hook.Connect, Hook.Hello, Hook.Mail], session.Handler.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ADDR")]
    [InlineData("ADDR=")]
    [InlineData("ADDR=198.51.100")]
    [InlineData("ADDR=198.51.100.9 ADDR=2001:db8::1")]
    [InlineData("ADDR=IPV6:198.51.100.9")]
    [InlineData("ADDR=IPV6:fe80::1%1")]
    [InlineData("ADDR=198.51.100.9 PORT=65536")]
    [InlineData("ADDR=198.51.100.9 PORT=-1")]
    [InlineData("NAME=a+0Ab")]
    [InlineData("NAME=a..b")]
    [InlineData("HELO=a+28b+29")]
    [InlineData("LOGIN=a+00")]
    [InlineData("LOGIN=a+2")]
    [InlineData("PROTO=LMTP")]
    [InlineData("COLOUR=green")]
    [InlineData("ADDR=198.51.100.9 COLOUR=green")]
    public void Xclient_BadAttribute_ChangesNothing(string attributes)
    {
        var session = Start();
        Assert.Equal("501 5.5.4, 250 2.1.0", session.Ask($"XCLIENT {attributes}\r\n" + MemorySession.Mail));
        Assert.Equal(("192.0.2.7:4711", null), (session.Info.RemoteEndPoint?.ToString(), session.Info.ProxyEndPoint));
    }

    [Fact]
    public void Xclient_InsideATransaction_IsOutOfOrder()
    {
        var session = Start();
        Assert.Equal("250 2.1.0, 503 5.5.1, 250 2.1.5", session.Ask(MemorySession.Mail + "XCLIENT PORT=1\r\n" + MemorySession.Rcpt));
    }

    [Fact]
    public void Xclient_FromAnybodyElse_IsNeitherAnnouncedNorHeeded()
    {
        var session = MemorySession.After("", options => options.XclientSources = [IPNetwork.Parse("198.51.100.0/24")]);
        Assert.DoesNotContain("XCLIENT", session.Send(MemorySession.Hello), StringComparison.Ordinal);
        Assert.Equal("550 5.7.0", session.Ask("XCLIENT ADDR=198.51.100.9\r\n"));
        Assert.Equal("192.0.2.7", session.Info.RemoteAddress?.ToString());
    }

    [Fact]
    public void Xclient_AddressOfATrustedSource_GivesNoRightThatTheConnectionHasNot()
    {
        var session = Start();
        session.Send("XCLIENT ADDR=198.51.100.9\r\n");
        Assert.Equal("220", session.Ask("XCLIENT ADDR=198.51.100.10\r\n"));       // whoever opened the connection is still the same
        var proxied = new MemorySession(options => (options.ProxyProtocolSources, options.XclientSources) = ([IPNetwork.Parse("192.0.2.7/32")], [IPNetwork.Parse("192.0.2.7/32")]));
        proxied.Send("PROXY TCP4 198.51.100.9 198.51.100.1 4096 25\r\n");
        Assert.Equal("550 5.7.0", proxied.Ask("XCLIENT ADDR=192.0.2.7\r\n"));
    }

    [Fact]
    public void Xclient_TrustedSource_IsTold() =>
        Assert.Contains("250 XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT\r\n", Start().Send(MemorySession.Hello), StringComparison.Ordinal);

    [Theory]
    [InlineData(554, "554, 503 5.5.1, 221 2.0.0")]
    [InlineData(421, "421")]
    public void Xclient_HandlerRefusesTheClient_IsRefusedAsAtConnect(int code, string expected)
    {
        var session = Start();
        session.Handler.Refuse = hook => hook == Hook.Connect ? new SmtpRefusal(code, new((byte)(code / 100), 7, 1), "no") : null;
        Assert.Equal(expected, session.Ask("XCLIENT ADDR=198.51.100.9\r\nNOOP\r\nQUIT\r\n"));
    }

    [Fact]
    public void Xclient_InReceived_IsTheClient()
    {
        var session = Start();
        session.Send("XCLIENT ADDR=198.51.100.9 NAME=host.example\r\n" + MemorySession.Hello + MemorySession.Mail + MemorySession.Rcpt + MemorySession.Data);
        var trace = ReceivedTrace.Create(session.Info, session.Handler.Envelopes.Single(), DomainName.Parse("mx.example"), "1", DateTimeOffset.UnixEpoch);
        Assert.Contains("(host.example [198.51.100.9])", System.Text.Encoding.ASCII.GetString(ReceivedHeader.Format(trace)), StringComparison.Ordinal);
    }

    private static MemorySession Start() => MemorySession.After(MemorySession.Hello, options => options.XclientSources = [IPNetwork.Parse("192.0.2.0/24")]);
}
