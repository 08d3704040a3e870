using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer.Tests.Harness;

namespace Mail.Security.SmtpServer.Tests.Trace;

public sealed class ReceivedHeaderTests
{
    private static readonly TlsSessionInfo Tls13 = new(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, "mx.example");

    private static readonly ReceivedTrace Plain = new()
    {
        HelloName = "c.example",
        RemoteAddress = IPAddress.Parse("192.0.2.7"),
        By = DomainName.Parse("mx.example"),
        Protocol = "ESMTP",
        Date = new DateTimeOffset(2026, 3, 5, 7, 8, 9, TimeSpan.FromHours(-3.5)),
    };

    [Fact]
    [Trait("rfc", "5321#4.4")]
    public void Format_LeastOfAll_IsOneField() => Assert.Equal(
        "Received: from c.example ([192.0.2.7]) by mx.example with ESMTP ;\r\n    Thu, 05 Mar 2026 07:08:09 -0330\r\n",
        Format(Plain));

    [Fact]
    [Trait("rfc", "5321#4.4")]
    [Trait("rfc", "8314#4.3")]
    public void Format_Everything_IsInTheOrderOfTheGrammar() => Assert.Equal(
        """
        Received: from c.example (host.c.example [IPv6:2001:db8::7]) by mx.example
            with ESMTPS (requiretls) (TLS1.3) id 4F2A-1 for <ann@a.example> tls
            TLS_AES_256_GCM_SHA384 ; Thu, 05 Mar 2026 07:08:09 -0330

        """.ReplaceLineEndings("\r\n"),
        Format(Plain with
        {
            RemoteAddress = IPAddress.Parse("2001:db8::7"),
            RemoteName = DomainName.Parse("host.c.example"),
            Protocol = "ESMTPS",
            TlsDemand = TlsDemand.RequireTls,
            Tls = Tls13,
            Id = "4F2A-1",
            For = MailPath.Parse("ann@a.example"),
        }));

    [Theory]
    [InlineData((TlsCipherSuite)0x1301, "TLS_AES_128_GCM_SHA256")]
    [InlineData((TlsCipherSuite)0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")]
    [InlineData((TlsCipherSuite)0xFAFA, "0xFAFA")]
    [Trait("rfc", "8314#4.3")]
    public void Format_Cipher_IsItsRegisteredNameOrNumber(TlsCipherSuite cipher, string expected)
    {
        var text = Format(Plain with { Tls = new TlsSessionInfo(SslProtocols.Tls12, cipher, "") });
        Assert.Contains("(TLS1.2)", text, StringComparison.Ordinal);
        Assert.Contains($" tls {expected} ", Unfold(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.7", "([192.0.2.7])")]
    [InlineData("::ffff:192.0.2.7", "([192.0.2.7])")]
    [InlineData("2001:db8::1", "([IPv6:2001:db8::1])")]
    [InlineData("::1", "([IPv6:::1])")]
    [InlineData("fe80::1%3", "([IPv6:fe80::1])")]
    [Trait("rfc", "5321#4.1.3")]
    public void Format_Address_IsALiteral(string address, string expected) =>
        Assert.Contains($" {expected} by ", Unfold(Format(Plain with { RemoteAddress = IPAddress.Parse(address) })), StringComparison.Ordinal);

    [Fact]
    public void Format_WithoutAddress_HasNoComment() =>
        Assert.StartsWith("Received: from c.example by mx.example with ", Format(Plain with { RemoteAddress = null }), StringComparison.Ordinal);

    [Theory]
    [InlineData("c.example")]
    [InlineData("C.EXAMPLE")]
    public void Format_RemoteNameEqualToHello_IsNotRepeated(string hello) =>
        Assert.StartsWith($"Received: from {hello} ([192.0.2.7]) by", Format(Plain with { HelloName = hello, RemoteName = DomainName.Parse("c.example") }), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("c.example\r\nBcc: x")]
    [InlineData("c.example\nX")]
    [InlineData("c.example (")]
    [InlineData("c(.example")]
    [InlineData("c;example")]
    [InlineData("c\"example")]
    [InlineData("c\\example")]
    [InlineData("c example")]
    [InlineData("c\0example")]
    [InlineData("<c>")]
    [InlineData("c\u00E9.example")]
    [InlineData("c\u2028.example")]
    public void Format_HostileHello_CannotBreakOut(string hello) =>
        Assert.StartsWith("Received: from unknown ([192.0.2.7]) by", Format(Plain with { HelloName = hello }), StringComparison.Ordinal);

    [Property(MaxTest = 500)]
    public void Format_AnyTexts_AreOneFoldedField(string? hello, string? id, string? protocol)
    {
        var text = Format(Plain with { HelloName = hello ?? "", Id = id ?? "", Protocol = protocol ?? "", Tls = Tls13 });
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var lines = text[..^2].Split("\r\n");
        Assert.All(lines[1..], line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0));
        Assert.Equal(text.Count(letter => letter == '('), text.Count(letter => letter == ')'));
        Assert.Single(text, letter => letter == ';');
    }

    [Theory]
    [InlineData("EHLO [192.0.2.9]", "[192.0.2.9]")]
    [InlineData("EHLO [IPv6:2001:db8::9]", "[IPv6:2001:db8::9]")]
    [InlineData("EHLO host_1.c.example", "host_1.c.example")]
    public void Format_UsableHello_IsKept(string command, string name)
    {
        var session = MemorySession.After(command + "\r\n");
        Assert.Equal(name, session.Info.HelloName);
        Assert.StartsWith($"Received: from {name} ", Format(Plain with { HelloName = session.Info.HelloName }), StringComparison.Ordinal);
    }

    [Fact]
    public void Format_LongNames_FoldIntoLinesOfAtMost78()
    {
        var trace = Plain with
        {
            HelloName = string.Join('.', Enumerable.Repeat("aaaaaaaaa", 6)),
            RemoteName = DomainName.Parse(string.Join('.', Enumerable.Repeat("bbbbbbbb", 6))),
            By = DomainName.Parse(string.Join('.', Enumerable.Repeat("cccccccc", 8))),
            For = MailPath.Parse($"{new string('d', 40)}@{new string('e', 30)}"),
            Id = new string('f', 64),
            Tls = Tls13,
            TlsDemand = TlsDemand.RequireTls,
        };
        Assert.All(Format(trace).Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("a.b")]
    [InlineData("\u00E9")]
    [InlineData("a\r\nb")]
    public void Format_IdThatIsNoAtom_IsLeftOut(string id) => Assert.DoesNotContain(" id ", Format(Plain with { Id = id }), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null)]
    [InlineData(0, " id 4F2A PRIORITY 0 tls ")]
    [InlineData(9, " id 4F2A PRIORITY 9 tls ")]
    [InlineData(-9, " id 4F2A PRIORITY -9 tls ")]
    [InlineData(10, null)]
    [InlineData(-10, null)]
    [Trait("rfc", "6710#7")]
    public void Format_Priority_IsAClauseOfItsOwn(int? priority, string? expected)
    {
        var text = Unfold(Format(Plain with { Id = "4F2A", Priority = priority, Tls = Tls13 }));
        Assert.Equal(expected is not null, text.Contains("PRIORITY", StringComparison.Ordinal));
        Assert.Contains(expected ?? " id 4F2A tls ", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "6710#4.1")]
    public void Create_FromASession_NamesThePriorityAskedFor()
    {
        var session = MemorySession.After(MemorySession.Hello + "MAIL FROM:<> MT-PRIORITY=-3\r\n" + MemorySession.Rcpt + MemorySession.Data, options => options.Extensions = [new PriorityExtension()]);
        Assert.Equal(-3, ReceivedTrace.Create(session.Info, session.Handler.Envelopes.Single(), DomainName.Parse("mx.example"), "1", Plain.Date).Priority);
    }

    [Theory]
    [InlineData("ann@b\u00FCcher.example", false, "for <ann@xn--bcher-kva.example>")]
    [InlineData("ann@b\u00FCcher.example", true, "for <ann@b\u00FCcher.example>")]
    [InlineData("\u00E4nn@a.example", true, "for <\u00E4nn@a.example>")]
    [InlineData("\u00E4nn@a.example", false, "")]
    [InlineData("\"a b\"@a.example", false, "for <\"a b\"@a.example>")]
    [InlineData("\"a>;b\"@a.example", false, "for <\"a>;b\"@a.example>")]
    [InlineData("ann@[192.0.2.1]", true, "for <ann@[192.0.2.1]>")]
    [InlineData("postmaster", false, "for <Postmaster>")]
    [Trait("rfc", "6531#3.7.3")]
    public void Format_For_IsSpelledAsTheMessageAllows(string path, bool smtpUtf8, string expected)
    {
        Assert.True(MailPath.TryParse(Encoding.UTF8.GetBytes(path), out var recipient, out _));
        var text = Unfold(Format(Plain with { For = recipient, SmtpUtf8 = smtpUtf8 }));
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(expected.Length > 0, text.Contains(" for ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "by xn--bcher-kva.example")]
    [InlineData(true, "by b\u00FCcher.example")]
    [Trait("rfc", "6531#3.7.3")]
    public void Format_By_IsSpelledAsTheMessageAllows(bool smtpUtf8, string expected) =>
        Assert.Contains(expected, Format(Plain with { By = DomainName.Parse("b\u00FCcher.example"), SmtpUtf8 = smtpUtf8 }), StringComparison.Ordinal);

    [Theory]
    [InlineData("HELO", false, false, "SMTP")]
    [InlineData("HELO", true, false, "SMTP")]
    [InlineData("EHLO", false, false, "ESMTP")]
    [InlineData("EHLO", true, false, "ESMTPS")]
    [InlineData("EHLO", false, true, "UTF8SMTP")]
    [InlineData("EHLO", true, true, "UTF8SMTPS")]
    [Trait("rfc", "3848#1")]
    [Trait("rfc", "6531#4.3")]
    public void GetProtocol_EveryKindOfSession_HasItsKeyword(string verb, bool underTls, bool smtpUtf8, string expected)
    {
        var session = new MemorySession(tls: underTls ? Tls13 : null);
        session.Send($"{verb} c.example\r\nMAIL FROM:<>{(smtpUtf8 ? " SMTPUTF8" : "")}\r\n{MemorySession.Rcpt}{MemorySession.Data}");
        Assert.Equal(expected, session.Info.GetProtocol(session.Handler.Envelopes.Single()));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [Trait("rfc", "5321#7.2")]
    public void Create_FromASession_NamesASoleRecipientOnly(int recipients, bool named)
    {
        var session = MemorySession.After(MemorySession.Hello + MemorySession.Mail + string.Concat(Enumerable.Repeat(MemorySession.Rcpt, recipients)) + MemorySession.Data);
        var trace = ReceivedTrace.Create(session.Info, session.Handler.Envelopes.Single(), DomainName.Parse("mx.example"), "1", Plain.Date);
        Assert.Equal(named, trace.For is not null);
        Assert.StartsWith("Received: from c.example ([192.0.2.7]) by mx.example with ESMTP id 1", Format(trace), StringComparison.Ordinal);
    }

    private static string Format(ReceivedTrace trace) => Encoding.UTF8.GetString(ReceivedHeader.Format(trace));

    private static string Unfold(string text) => text.Replace("\r\n    ", " ", StringComparison.Ordinal);
}
