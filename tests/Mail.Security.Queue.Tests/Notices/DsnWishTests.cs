using System.Text;
using Mail.Security.Smtp;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Mail.Security.Queue.Tests;

/// <summary>Notices as their sender asked for them: RET, ENVID and ORCPT (RFC 3461), and the time to deliver by (RFC 2852 §5).</summary>
public sealed class DsnWishTests
{
    private const string Header = "From: a@sender.example\r\nSubject: hello\r\n";

    private static readonly DateTimeOffset Received = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]                                                    // RET, action, demand, body: type of the third part, whether the body goes back, and what is declared
    [InlineData(DsnReturn.Unspecified, DsnAction.Failed, TlsDemand.Default, "BODY\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.HeadersOnly, DsnAction.Failed, TlsDemand.Default, "BODY\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "BODY\r\n", "message/rfc822", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "BODY \u00fc\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "LINES", "message/rfc822", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "BODY\r\nFrom here on\r\n", "message/rfc822", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Delayed, TlsDemand.Default, "BODY\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Relayed, TlsDemand.Default, "BODY\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.RequireTls, "BODY\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "BODY \0 binary\r\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "BODY bare\n", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "LONG", "text/rfc822-headers", BodyType.SevenBit)]
    [InlineData(DsnReturn.Full, DsnAction.Failed, TlsDemand.Default, "HUGE", "text/rfc822-headers", BodyType.SevenBit)]
    [Trait("rfc", "3461#4.3"), Trait("rfc", "8689#5"), Trait("rfc", "2046#5.2.1")]
    public async Task BuildAsync_Return_AsMuchAsWasAskedForAndMayBe(DsnReturn content, DsnAction action, TlsDemand demand, string body, string type, BodyType declared)
    {
        var text = body switch
        {
            "LINES" => "BODY" + new string('x', 990) + "\r\n" + new string('=', 200) + "\r\n",
            "LONG" => "BODY" + new string('x', 1000) + "\r\n",
            "HUGE" => string.Concat(Enumerable.Repeat("BODY 89\r\n", 150_000)),
            _ => body,
        };
        var message = Header + "\r\n" + text;
        var notice = await BuildAsync(Request(action, message, content, demand));

        Assert.Equal((type, declared), (notice.Report[2].ContentType.MimeType, notice.Queued.Envelope.Body));
        var raw = Encoding.UTF8.GetString(notice.Bytes);
        Assert.Equal(type == "message/rfc822", raw.Contains("BODY", StringComparison.Ordinal));
        Assert.Contains(Header, raw, StringComparison.Ordinal);
        if (type == "message/rfc822")
            Assert.Contains($"Content-Transfer-Encoding: 7bit\r\n\r\n{message}", raw, StringComparison.Ordinal);
        Assert.Equal(demand, notice.Queued.Envelope.TlsDemand);
    }

    [Fact, Trait("rfc", "3464#2.2.1"), Trait("rfc", "3464#2.3.1"), Trait("rfc", "2852#5")]
    public async Task BuildAsync_NamesOfTheSender_AreRepeated()
    {
        var request = Request(DsnAction.Failed, Header + "\r\n", DsnReturn.Unspecified, TlsDemand.Default) with { EnvelopeId = "QQ+314" };
        var notice = await BuildAsync(request with { Envelope = request.Envelope with { DeliverBy = new DeliverBy(Received.AddHours(2), DeliverByMode.Notify, DeliverByTrace.Off) } });

        Assert.Equal("QQ+314", notice.PerMessage["Original-Envelope-Id"]);
        Assert.Equal("Sun, 01 Mar 2026 10:00:00 +0000", notice.PerMessage["Deliver-By-Date"]);
        Assert.Equal(["Original-Recipient", "Final-Recipient"], Assert.Single(notice.Recipients).Keys.Take(2));
        Assert.Equal("rfc822; B+x@One.example", notice.Recipients[0]["Original-Recipient"]);
    }

    [Fact, Trait("rfc", "6533#4.4")]
    public async Task BuildAsync_OriginalRecipientInUtf8_InTheTypeThatHasIt()
    {
        var request = Request(DsnAction.Failed, Header + "\r\n", DsnReturn.Unspecified, TlsDemand.Default);
        var notice = await BuildAsync(request with { Recipients = [request.Recipients[0] with { OriginalRecipient = new OriginalRecipient("utf-8", "j\u00f6rg@one.example") }] });

        Assert.Equal("message/global-delivery-status", notice.Report[1].ContentType.MimeType);
        Assert.Equal("utf-8; j\u00f6rg@one.example", notice.Recipients[0]["Original-Recipient"]);
    }

    [Fact, Trait("rfc", "3464#2.1")]                             // fields for programs are not encoded, whatever a remote host replied
    public async Task BuildAsync_WordsLongerThanALine_TheFieldsAreNotEncoded()
    {
        var request = Request(DsnAction.Failed, Header + "\r\n", DsnReturn.Unspecified, TlsDemand.Default);
        var notice = await BuildAsync(request with { Recipients = [request.Recipients[0] with { RemoteReply = new SmtpReply(550, default, ["5.1.1 " + new string('=', 300)]) }] });

        var part = Assert.IsAssignableFrom<MimePart>(notice.Report[1]);
        Assert.Equal(("message/delivery-status", ContentEncoding.SevenBit), (part.ContentType.MimeType, part.ContentTransferEncoding));
        Assert.Contains(new string('=', 300), Encoding.UTF8.GetString(notice.Bytes), StringComparison.Ordinal);
    }

    [Fact, Trait("rfc", "3461#5.2.2")]
    public async Task BuildAsync_Relayed_SaysSo()
    {
        var notice = await BuildAsync(Request(DsnAction.Relayed, Header + "\r\n", DsnReturn.Unspecified, TlsDemand.Default));

        Assert.Equal(("relayed", "2.0.0"), (notice.Recipients[0]["Action"], notice.Recipients[0]["Status"]));
        Assert.Equal("Your message was handed on", notice.Message.Subject);
        Assert.Contains("HANDED ON TO ANOTHER MAIL SYSTEM", notice.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("NOT DELIVERED", notice.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("does not tell", notice.Text, StringComparison.Ordinal);     // with a time to deliver by it may (RFC 2852 §4.1.4)
    }

    private static DsnRequest Request(DsnAction action, string message, DsnReturn content, TlsDemand demand) => new()
    {
        Envelope = new SmtpEnvelope
        {
            ReversePath = MailPath.Parse("a@sender.example"), Recipients = [new SmtpRecipient(MailPath.Parse("b@one.example"))], Return = content, TlsDemand = demand,
        },
        Content = new BytesContent(Encoding.UTF8.GetBytes(message)), Received = Received, LastAttempt = Received.AddSeconds(5),
        Recipients =
        [
            new DsnRecipient
            {
                Recipient = MailPath.Parse("b@one.example"), OriginalRecipient = new OriginalRecipient("rfc822", "B+x@One.example"), Action = action,
                Status = action switch { DsnAction.Failed => new(5, 1, 1), DsnAction.Relayed => new(2, 0, 0), _ => new(4, 4, 1) }, Sentence = "What happened.",
            },
        ],
    };

    private static async Task<ParsedNotice> BuildAsync(DsnRequest request) =>
        new(await new DsnBuilder(DomainName.Parse("relay.example.org"), new FakeTimeProvider(Received.AddSeconds(9))).BuildAsync(request, TestContext.Current.CancellationToken));
}
