using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Queue.Tests;

/// <summary>Notices as a mail program and another server read them (RFC 3464, RFC 6533).</summary>
public sealed class DsnBuilderTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private const string Header = "Received: from a\r\n by b\r\nFrom: =?utf-8?q?J=C3=B6rg?= <a@sender.example>\r\nMessage-ID: <first.1@sender.example>\r\nSubject: hello\r\n";

    [Fact]
    [Trait("rfc", "3464#2.2")]
    [Trait("rfc", "3464#2.3")]
    public async Task BuildAsync_FailedRecipient_AllFieldsOfTheReport()
    {
        var notice = await BuildAsync(Request(Failed("b@one.example")) with { EnvelopeId = "id 7" });

        Assert.Equal("report-type=delivery-status", Assert.Single(notice.Report.ContentType.Parameters, parameter => parameter.Name == "report-type").ToString().Replace("\"", "", StringComparison.Ordinal));
        Assert.Equal(["text/plain", "message/delivery-status", "text/rfc822-headers"], notice.Report.Select(part => part.ContentType.MimeType));
        Assert.Equal(
            [("Original-Envelope-Id", "id 7"), ("Reporting-MTA", "dns; relay.example.org"), ("Arrival-Date", "Sun, 01 Mar 2026 08:00:00 +0000")],
            notice.PerMessage.Select(field => (field.Key, field.Value)));
        Assert.Equal(
            [
                ("Final-Recipient", "rfc822; b@one.example"), ("Action", "failed"), ("Status", "5.1.1"), ("Remote-MTA", "dns; mx.example.net"),
                ("Diagnostic-Code", "smtp; 550 5.1.1 no such user here"), ("Last-Attempt-Date", "Sun, 01 Mar 2026 08:00:05 +0000"),
            ],
            Assert.Single(notice.Recipients).Select(field => (field.Key, field.Value)));
    }

    [Fact]
    public async Task BuildAsync_Envelope_NullReversePathToTheSender()
    {
        var notice = await BuildAsync(Request(Failed("b@one.example")));
        Assert.True(notice.Queued.Envelope.ReversePath.IsNull);
        Assert.Equal("a@sender.example", notice.To);
        Assert.Equal(notice.Bytes.Length, notice.Queued.Envelope.Size);
        Assert.Equal(BodyType.SevenBit, notice.Queued.Envelope.Body);
        Assert.Equal("auto-replied", notice.Message.Headers["Auto-Submitted"]);
        Assert.Equal(("a@sender.example", "mailer-daemon@relay.example.org"), (notice.Message.To.Mailboxes.Single().Address, notice.Message.From.Mailboxes.Single().Address));
    }

    [Fact]
    public async Task BuildAsync_Original_IsReferredToAndItsHeaderReturnedButNotItsBody()
    {
        var notice = await BuildAsync(Request(Failed("b@one.example")));
        Assert.Equal(("first.1@sender.example", "first.1@sender.example"), (notice.Message.InReplyTo, Assert.Single(notice.Message.References)));
        Assert.Equal(Header, notice.OriginalHeader);
        Assert.DoesNotContain("SECRET", Encoding.Latin1.GetString(notice.Bytes), StringComparison.Ordinal);
        Assert.EndsWith("@relay.example.org", notice.Message.MessageId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]                                           // no header at all
    [InlineData("\r\nSECRET body\r\n", "")]
    [InlineData("Subject: only header\r\n", "Subject: only header\r\n")]
    [InlineData("Subject: a\r\n\r\n", "Subject: a\r\n")]
    [InlineData("no line end", "")]
    public async Task BuildAsync_OddMessages_HeaderOnly(string content, string header)
    {
        var notice = await BuildAsync(Request(Failed("b@one.example"), Encoding.ASCII.GetBytes(content)));
        Assert.Equal(header, notice.OriginalHeader);
        Assert.Null(notice.Message.InReplyTo);
    }

    [Fact]
    public async Task BuildAsync_HeaderBeyondTheLimit_CutAtAWholeLine()
    {
        var content = new StringBuilder();
        for (var i = 0; i < 3000; i++)
            content.Append("X-Field: ").Append('x', 50).Append("\r\n");
        var notice = await BuildAsync(Request(Failed("b@one.example"), Encoding.ASCII.GetBytes(content.ToString())));
        var returned = notice.OriginalHeader;
        Assert.InRange(returned.Length, 64_000, 65_536);
        Assert.EndsWith("x\r\n", returned, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: a\rb\r\n")]
    [InlineData("Subject: a\nb\r\n")]
    [InlineData("Subject: a\0b\r\n")]
    [InlineData("Subject: a\r\r\n")]
    [Trait("rfc", "5321#2.3.8")]
    public async Task BuildAsync_OriginalWithBrokenLines_NoticeIsSoundAndTheHeaderWhole(string header)
    {
        var notice = await BuildAsync(Request(Failed("b@one.example"), Encoding.ASCII.GetBytes(header + "\r\n")));
        Assert.Equal(header, notice.OriginalHeader);
        AssertSound(notice);
    }

    [Theory]
    [InlineData("Message-ID: <a@b>\r\n", "a@b")]
    [InlineData("message-id:<a@b>\r\n", "a@b")]
    [InlineData("Message-ID:\r\n <a@b>\r\n", "a@b")]
    [InlineData("Message-ID: <a.b+c=d@[IPv6:2001:db8::1]>\r\n", "a.b+c=d@[IPv6:2001:db8::1]")]
    [InlineData("Message-ID: <a b@c>\r\n", null)]
    [InlineData("Message-ID: <:>\r\n", null)]                      // the sender chooses it, and must be told of the failure all the same
    [InlineData("Message-ID: <a@b@c>\r\n", null)]
    [InlineData("Message-ID: <(@c>\r\n", null)]
    [InlineData("Message-ID: <a..b@c>\r\n", null)]
    [InlineData("Message-ID: <a>\r\n", null)]
    [InlineData("Message-ID: <a@b\u00e9>\r\n", null)]
    [InlineData("X-Message-ID: <a@b>\r\n", null)]
    [InlineData("Subject: x\r\n Message-ID: <a@b>\r\n", null)]
    public async Task BuildAsync_MessageId_RepeatedOnlyWhenItIsOne(string header, string? id)
    {
        var notice = await BuildAsync(Request(Failed("b@one.example"), Encoding.Latin1.GetBytes(header)));
        Assert.Equal(id, notice.Message.InReplyTo);
    }

    [Theory]
    [InlineData("550 fine\r\n\r\nFinal-Recipient: rfc822; evil@example.com")]
    [InlineData("x\nAction: delivered")]
    [InlineData("x\rStatus: 2.0.0")]
    [InlineData("--=-boundary--\r\n\r\n--=-boundary--")]
    [InlineData("tab\tnull\0bell\aescape\u001b[2J")]
    public async Task BuildAsync_HostileReply_NeitherEndsAFieldNorBeginsOne(string text)
    {
        var recipient = Failed("b@one.example") with { RemoteMta = "mx" + text, RemoteReply = new SmtpReply(550, null, [text, text]), Sentence = text };
        var notice = await BuildAsync(Request(recipient) with { EnvelopeId = text, Explanation = text });

        var fields = Assert.Single(notice.Recipients);
        Assert.Equal(["Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code", "Last-Attempt-Date"], fields.Keys);
        Assert.Equal(("failed", "5.1.1"), (fields["Action"], fields["Status"]));
        Assert.Equal(["Original-Envelope-Id", "Reporting-MTA", "Arrival-Date"], notice.PerMessage.Keys);
        AssertSound(notice);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData(" \r\n")]
    public async Task BuildAsync_NothingReadableInAValue_NoEmptyField(string text)
    {
        var notice = await BuildAsync(Request(Failed("b@one.example") with { RemoteMta = text }) with { EnvelopeId = text });
        Assert.False(notice.PerMessage.ContainsKey("Original-Envelope-Id"));
        Assert.False(notice.Recipients[0].ContainsKey("Remote-MTA"));
    }

    [Fact]
    [Trait("rfc", "6533#4.4")]
    public async Task BuildAsync_InternationalRecipient_GlobalDeliveryStatus()
    {
        var notice = await BuildAsync(Request(Failed("用户@one.example")));
        Assert.Equal("message/global-delivery-status", notice.Report[1].ContentType.MimeType);
        Assert.Equal("utf-8; 用户@one.example", notice.Recipients[0]["Final-Recipient"]);
        Assert.False(notice.Queued.Envelope.SmtpUtf8);             // the sender's own address needs nothing
        AssertSound(notice);
    }

    [Fact]
    [Trait("rfc", "6533#4.3")]
    public async Task BuildAsync_InternationalSender_NoticeNeedsSmtpUtf8()
    {
        var request = Request(Failed("b@one.example"), Encoding.UTF8.GetBytes("From: jörg@sender.example\r\nSubject: grüße\r\n\r\nSECRET"));
        var notice = await BuildAsync(request with { Envelope = request.Envelope with { ReversePath = MailPath.Parse("jörg@sender.example"), SmtpUtf8 = true } });
        Assert.True(notice.Queued.Envelope.SmtpUtf8);
        Assert.Equal(BodyType.EightBitMime, notice.Queued.Envelope.Body);
        Assert.Equal("jörg@sender.example", notice.Message.To.Mailboxes.Single().Address);
        Assert.Equal("message/global-headers", notice.Report[2].ContentType.MimeType);
        Assert.Equal("From: jörg@sender.example\r\nSubject: grüße\r\n", notice.OriginalHeader);
    }

    [Fact]
    public async Task BuildAsync_PlainSenderAndRecipient_SevenBitThroughout()
    {
        var notice = await BuildAsync(Request(Failed("b@one.example"), "Subject: caf\u00e9\r\nX: "u8.ToArray().Concat(new byte[2000].Select(_ => (byte)'x')).Concat("\r\n\r\n"u8.ToArray()).ToArray()) with { Explanation = "naïve ☃" });
        Assert.True(System.Text.Ascii.IsValid(notice.Bytes));
        Assert.Contains("naïve ☃", notice.Text, StringComparison.Ordinal);
        AssertSound(notice);
    }

    [Fact]
    public async Task BuildAsync_DelayedRecipient_TellsTheNextAttemptsAndTheEnd()
    {
        var upcoming = Enumerable.Range(2, 29).Select(i => Received.AddHours(4 * i)).ToList();
        var notice = await BuildAsync(Request(Failed("b@one.example") with { Action = DsnAction.Delayed, Status = new EnhancedStatus(4, 7, 5) }) with { Upcoming = upcoming });
        Assert.Equal("Your message is delayed", notice.Message.Subject);
        Assert.Equal(("delayed", "4.7.5", "Fri, 06 Mar 2026 08:00:00 +0000"), (notice.Recipients[0]["Action"], notice.Recipients[0]["Status"], notice.Recipients[0]["Will-Retry-Until"]));
        Assert.Contains("2026-03-01 16:00:00 UTC", notice.Text, StringComparison.Ordinal);
        Assert.Contains("and 24 more after that.", notice.Text, StringComparison.Ordinal);
        Assert.Contains("until 2026-03-06 08:00:00 UTC", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildAsync_FailedAndDelayedTogether_OneNoticeForBoth()
    {
        var delayed = Failed("c@one.example") with { Action = DsnAction.Delayed, Status = new EnhancedStatus(4, 4, 1) };
        var notice = await BuildAsync(Request(Failed("b@one.example")) with { Recipients = [Failed("b@one.example"), delayed], Upcoming = [Received.AddDays(5)] });
        Assert.Equal("Your message could not be delivered", notice.Message.Subject);
        Assert.Equal(["failed", "delayed"], notice.Recipients.Select(recipient => recipient["Action"]));
        Assert.Equal([false, true], notice.Recipients.Select(recipient => recipient.ContainsKey("Will-Retry-Until")));
    }

    public static TheoryData<EnhancedStatus, string> Advices => new()
    {
        { new(5, 7, 30), "REQUIRETLS" },
        { new(5, 7, 10), "REQUIRETLS" },
        { new(5, 1, 1), "Check the address" },
        { new(5, 2, 2), "mailbox cannot take" },
        { new(5, 3, 4), "Send it smaller" },
        { new(5, 7, 1), "by policy" },
        { new(4, 4, 7), "send the message again" },
        { new(5, 5, 0), "Pass this report on" },
    };

    [Theory]
    [MemberData(nameof(Advices))]
    public async Task BuildAsync_Failure_SaysWhatTheSenderCanDo(EnhancedStatus status, string advice)
    {
        var notice = await BuildAsync(Request(Failed("b@one.example") with { Status = status }));
        Assert.Contains(advice, notice.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@[192.0.2.1]")]
    public async Task BuildAsync_SenderWithoutADomain_Throws(string sender)
    {
        var request = Request(Failed("b@one.example"));
        var path = sender.Length == 0 ? MailPath.Null : MailPath.Parse(sender);
        await Assert.ThrowsAsync<ArgumentException>(() => BuildAsync(request with { Envelope = request.Envelope with { ReversePath = path } }));
    }

    [Fact]
    public async Task BuildAsync_NoRecipient_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => BuildAsync(Request(Failed("b@one.example")) with { Recipients = [] }));

    [Theory]
    [InlineData("\"a b\"@sender.example")]
    [InlineData("\"a\\\"b\\\\c\"@sender.example")]
    [InlineData("\"a@b\"@sender.example")]
    [InlineData("\"<>,;:\"@sender.example")]
    [InlineData("a.b+c=d@xn--mnchen-3ya.example")]
    [InlineData("\"\"@sender.example")]
    [InlineData("\"jö rg\"@sender.example")]
    public async Task BuildAsync_UnusualSenders_AreAddressedAsTheyAre(string sender)
    {
        var request = Request(Failed("b@one.example"));
        var notice = await BuildAsync(request with { Envelope = request.Envelope with { ReversePath = MailPath.Parse(sender) } });
        Assert.Equal(MailPath.Parse(sender), MailPath.Parse(notice.Message.To.Mailboxes.Single().Address));
        AssertSound(notice);
    }

    [Property(MaxTest = 300)]
    public Property BuildAsync_AnyTextFromOutside_SoundNotice() => Prop.ForAll(Texts, Texts, Gen.Choose(200, 599).ToArbitrary(), (text, more, code) =>
    {
        var recipient = Failed("b@one.example") with { RemoteMta = more, RemoteReply = new SmtpReply(code, null, [text, more]), Sentence = text };
        var request = Request(recipient, Encoding.UTF8.GetBytes(text)) with { Explanation = text, EnvelopeId = more };
        var notice = BuildAsync(request).GetAwaiter().GetResult();
        Assert.Single(notice.Recipients);
        AssertSound(notice);
    });

    [Property(MaxTest = 400)]
    public Property BuildAsync_AnySenderAndMessageId_SoundNotice() => Prop.ForAll(Words, Words, (local, id) =>
    {
        if (!MailPath.TryParse($"\"{local.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"@sender.example", out var sender))
            return;
        var request = Request(Failed("b@one.example"), Encoding.UTF8.GetBytes($"Message-ID: <{id}>\r\n\r\n"));
        var notice = BuildAsync(request with { Envelope = request.Envelope with { ReversePath = sender } }).GetAwaiter().GetResult();
        Assert.Equal(sender, MailPath.Parse(notice.Message.To.Mailboxes.Single().Address));
        AssertSound(notice);
    });

    private static Arbitrary<string> Words { get; } = (
        from characters in Gen.ListOf(Gen.Frequency((20, Gen.Choose(0x20, 0x7E).Select(value => ((char)value).ToString())), (5, Gen.Elements("@", ".", "\"", "(", ")", "[", "]", ",", ";", ":", "\\")), (1, Gen.Elements("é", "☃", "𝄞", "\u200b", "\u00a0"))))
        select string.Concat(characters)).ToArbitrary();

    private static Arbitrary<string> Texts { get; } = (
        from pieces in Gen.ListOf(Gen.OneOf(
            Gen.Elements("\r\n", "\n", "\r", "\0", "\t", " ", "--", "=", ":", "\u2028", "\ud800", "é", "☃", "\r\n\r\n", ".", "Action: delivered", new string('x', 1200)),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get)))
        select string.Concat(pieces)).ToArbitrary();

    private static DsnRecipient Failed(string recipient) => new()
    {
        Recipient = MailPath.Parse(recipient), Action = DsnAction.Failed, Status = new EnhancedStatus(5, 1, 1), Sentence = "The recipient was refused.",
        RemoteMta = "mx.example.net", RemoteReply = new SmtpReply(550, new EnhancedStatus(5, 1, 1), ["5.1.1 no such", "user here"]),
    };

    private static DsnRequest Request(DsnRecipient recipient, byte[]? content = null) => new()
    {
        Envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("a@sender.example"), Recipients = [new SmtpRecipient(recipient.Recipient)] },
        Content = new BytesContent(content ?? Encoding.ASCII.GetBytes(Header + "\r\nSECRET\r\n")),
        Received = Received, LastAttempt = Received.AddSeconds(5), Recipients = [recipient], Explanation = "line one\n  line two",
    };

    private static async Task<ParsedNotice> BuildAsync(DsnRequest request) =>
        new(await new DsnBuilder(DomainName.Parse("relay.example.org"), new FakeTimeProvider(Received.AddSeconds(9))).BuildAsync(request, TestContext.Current.CancellationToken));

    /// <summary>What every message on the wire keeps: CRLF only, no NUL, no line over 998 octets (RFC 5322 §2.1.1), and 8-bit only where it was declared.</summary>
    private static void AssertSound(ParsedNotice notice)
    {
        var text = Encoding.Latin1.GetString(notice.Bytes);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', text);
        var lines = text.Split("\r\n");
        Assert.All(lines, line => Assert.True(line.Length <= 998 && !line.Contains('\r') && !line.Contains('\n'), line));
        Assert.True(notice.Queued.Envelope.Body == BodyType.EightBitMime || System.Text.Ascii.IsValid(notice.Bytes));
    }
}
