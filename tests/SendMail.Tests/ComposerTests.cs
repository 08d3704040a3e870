using System.Text;
using Mail.Security.Smtp;
using Microsoft.Extensions.Time.Testing;
using SendMail.Arguments;
using SendMail.Configuration;
using SendMail.Messages;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>From what was handed in to what is sent.</summary>
public sealed class ComposerTests
{
    [Theory]
    [InlineData("To: bob@b.test\n", "bob@b.test")]
    [InlineData("to: Bob <bob@b.test>, \"Eve, E.\" <eve@e.test>\n", "bob@b.test eve@e.test")]
    [InlineData("To: bob@b.test\nCc: eve@e.test,\n\tdan@d.test\nBcc: kim@k.test\n", "bob@b.test eve@e.test dan@d.test kim@k.test")]
    [InlineData("To: friends: bob@b.test, eve@e.test;, dan@d.test\n", "bob@b.test eve@e.test dan@d.test")]
    [InlineData("To: bob@b.test (the one), bob@b.test\nCc:\n", "bob@b.test")]
    [InlineData("To: root\n", "root@client.test")]
    [InlineData("To: root, \"Eve, E.\" <eve@e.test>\n", "root@client.test eve@e.test")]
    [InlineData("To: undisclosed-recipients:;\nBcc: kim@k.test\n", "kim@k.test")]
    public void Compose_RecipientsOfTheHeader_AreThoseOfToCcBcc(string header, string recipients) =>
        Assert.Equal(recipients.Split(' '), Recipients(Compose(header + "\nTo: no@body.test\n", "-t")));

    [Fact]
    public void Compose_RecipientsOfBoth_AreJoined() => Assert.Equal(["kim@k.test", "root@client.test", "bob@b.test"], Recipients(Compose("To: bob@b.test\n\n", "-t", "kim@k.test,root")));

    [Theory]
    [InlineData("Resent-To: kim@k.test\nTo: bob@b.test\nBcc: eve@e.test\n", "kim@k.test")]
    [InlineData("Resent-To: kim@k.test\nResent-Bcc: dan@d.test\nResent-To: old@o.test\nTo: bob@b.test\n", "kim@k.test dan@d.test")]
    [Trait("rfc", "5322#3.6.6")]
    public void Compose_Resent_OnlyTheLastResendingCounts(string header, string recipients) => Assert.Equal(recipients.Split(' '), Recipients(Compose(header + "\n", "-t")));

    [Fact]
    [Trait("rfc", "5322#3.6.6")]
    public void Compose_Resent_TheMissingFieldsAreResentOnes()
    {
        var content = Content(Compose("Resent-To: kim@k.test\nDate: x\nFrom: bob@b.test\n\n", "-t"));

        Assert.StartsWith("Resent-Date: ", content, StringComparison.Ordinal);
        Assert.Contains("\r\nResent-From: ann@client.test\r\nResent-Message-ID: <", content, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nMessage-ID", content, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "5322#3.6.3")]
    public void Compose_Bcc_IsGoneWithItsFolding()
    {
        var content = Content(Compose("From: a@a.test\nbcc: x@x.test,\n y@y.test\nBCC : z@z.test\nReturn-Path: <q@q.test>\nSubject: s\n\nBcc: stays\n", "bob"));

        Assert.DoesNotContain("@x.test", content, StringComparison.Ordinal);
        Assert.DoesNotContain("@y.test", content, StringComparison.Ordinal);
        Assert.DoesNotContain("@z.test", content, StringComparison.Ordinal);
        Assert.DoesNotContain("@q.test", content, StringComparison.Ordinal);
        Assert.EndsWith("From: a@a.test\r\nSubject: s\r\n\r\nBcc: stays\r\n", content, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "5322#3.6")]
    public void Compose_NothingButText_GetsItsHeader()
    {
        var content = Content(Compose("just text\n", "-F", "Ann \"A\" Ö", "bob"));

        Assert.Matches("^Date: Mon, 30 Nov 2026 12:00:00 \\+0000\r\nFrom: .*=\\?utf-8\\?b\\?w5Y=\\?= <ann@client.test>\r\nMessage-ID: <20261130120000\\.[0-9a-f]{16}@host.client.test>\r\n\r\njust text\r\n$", content);
    }

    [Theory]
    [InlineData("Ann", "From: Ann <ann@client.test>")]
    [InlineData("Ann, A.", "From: \"Ann, A.\" <ann@client.test>")]
    public void Compose_FullName_IsAPhrase(string name, string field) => Assert.Contains($"\r\n{field}\r\n", Content(Compose("\n", "-F", name, "bob")), StringComparison.Ordinal);

    [Fact]
    public void Compose_FieldsThatAreThere_StayAsTheyAre()
    {
        const string whole = "Date: x\nFrom:\n ann@client.test\nMESSAGE-ID: <1@a>\nSubject:  two  \n\nText\n";
        Assert.Equal(whole.ReplaceLineEndings("\r\n"), Content(Compose(whole, "bob")));
    }

    [Fact]
    public void Compose_LineOfAMailbox_IsDropped() => Assert.DoesNotContain("ann Mon", Content(Compose("From ann Mon Nov 30\nSubject: s\n\n", "bob")), StringComparison.Ordinal);

    [Fact]
    [Trait("rfc", "8689#3")]
    public void Compose_TlsRequiredNo_StandsInTheHeaderOnce()
    {
        Assert.Contains("\r\nTLS-Required: No\r\n", Content(Compose("Subject: s\n\n", "--tls-required-no", "bob")), StringComparison.Ordinal);
        Assert.Single(Content(Compose("TLS-Required: No\n\n", "--tls-required-no", "bob")).Split("\r\n"), line => line == "TLS-Required: No");
    }

    [Theory]
    [InlineData("Subject: s\n\ntext\n", BodyType.SevenBit, false)]
    [InlineData("Subject: s\n\nübung\n", BodyType.EightBitMime, false)]
    [InlineData("Subject: Übung\n\ntext\n", BodyType.EightBitMime, true)]
    public void Compose_Octets_DecideBodyAndSmtpUtf8(string message, BodyType body, bool utf8)
    {
        var envelope = Compose(message, "bob").Envelope;
        Assert.Equal((body, utf8), (envelope.Body, envelope.SmtpUtf8));
    }

    [Fact]
    public void Compose_Notifications_AreForEachRecipient()
    {
        var envelope = Compose("\n", "-N", "never", "-R", "full", "-V", "x1", "bob", "eve").Envelope;
        Assert.Equal((DsnReturn.Full, "x1"), (envelope.Return, envelope.EnvelopeId));
        Assert.All(envelope.Recipients, recipient => Assert.Equal((DsnNotify.Never, $"rfc822;{recipient.Path}"), (recipient.Notify, $"{recipient.OriginalRecipient}")));
    }

    [Theory]
    [InlineData("To: bob@@b\n\n", ExitCode.DataError, "-t")]
    [InlineData("To: <bob@b.test\n\n", ExitCode.DataError, "-t")]
    [InlineData("Subject: s\n\n", ExitCode.Usage, "-t")]
    [InlineData("To: bob@b.test\n\n", ExitCode.Usage)]
    [InlineData("\n", ExitCode.DataError, "a b@c")]
    [InlineData("\n", ExitCode.Usage, "-f", "a@b@c", "bob")]
    public void Compose_WhatCannotBeSent_SaysWhy(string message, int exitCode, params string[] arguments) =>
        Assert.Equal(exitCode, Assert.Throws<CommandException>(() => Compose(message, arguments)).ExitCode);

    [Fact]
    public void Compose_HeaderInNoUtf8_IsRefused() => Assert.Equal(ExitCode.DataError, Assert.Throws<CommandException>(() => Compose([.. "Subject: "u8, 0xFC, .. "\r\n\r\n"u8], "bob")).ExitCode);

    [Theory]
    [InlineData("a\n.\nb\n", "", "a\r\n")]
    [InlineData("a\r\n.\r\nb\r\n", "", "a\r\n")]
    [InlineData("a\n.", "", "a\r\n")]
    [InlineData("a\n..\n. \n", "", "a\r\n..\r\n. \r\n")]
    [InlineData("a\n.\nb", "-i", "a\r\n.\r\nb\r\n")]
    [InlineData("a\rb\r\n\n", "-i", "a\r\nb\r\n\r\n")]
    [InlineData("", "", "")]
    public async Task ReadAsync_LinesAndDots_BecomeThoseOfMail(string input, string option, string message)
    {
        var dots = option.Length > 0 ? DotRule.IsContent : DotRule.EndsMessage;
        foreach (var piece in new[] { 1, 1000 })
            Assert.Equal(message, Encoding.UTF8.GetString((await MessageInput.ReadAsync(new Drip(Encoding.UTF8.GetBytes(input), piece), dots, 1000, TestContext.Current.CancellationToken)).Span));
    }

    [Theory]
    [InlineData("0123456789a", ExitCode.DataError)]
    [InlineData("a\0b", ExitCode.DataError)]
    public async Task ReadAsync_TooMuchOrNul_IsRefused(string input, int exitCode) =>
        Assert.Equal(exitCode, (await Assert.ThrowsAsync<CommandException>(() => MessageInput.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(input)), DotRule.IsContent, 10, TestContext.Current.CancellationToken))).ExitCode);

    private static string Content(OutgoingMail mail) => Encoding.UTF8.GetString(mail.Content.Span);

    private static IEnumerable<string> Recipients(OutgoingMail mail) => mail.Envelope.Recipients.Select(recipient => recipient.Path.ToString());

    private static OutgoingMail Compose(string message, params string[] arguments) => Compose(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), arguments);

    private static OutgoingMail Compose(byte[] message, params string[] arguments)
    {
        var texts = Settings.All.ToDictionary(setting => setting.Key, setting => setting.Default);
        (texts["Server"], texts["HostName"], texts["Domain"], texts["Sender"]) = ("submission.test", "host.client.test", "client.test", "ann@client.test");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        return new MessageComposer(new ArgumentReader(arguments).Read(), new ConfigurationReader(texts).Read(), time).Compose(message);
    }

    private sealed class Drip(byte[] octets, int piece) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
