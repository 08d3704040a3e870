using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What is settled before MAIL: parameters, and refusals by this side.</summary>
public sealed class MailPreparationTests
{
    private static readonly BytesContent Eight = new("Subject: \u00fc\r\n\r\n"u8.ToArray());

    [Theory]
    [InlineData("SIZE", "MAIL FROM:<from@client.test> SIZE=22")]
    [InlineData("SIZE 0", "MAIL FROM:<from@client.test> SIZE=22")]
    [InlineData("SIZE 22", "MAIL FROM:<from@client.test> SIZE=22")]
    [InlineData("HELP", "MAIL FROM:<from@client.test>")]
    [Trait("rfc", "1870#3")]
    public async Task SendAsync_Size_DeclaredWhenAnnounced(string keyword, string mail)
    {
        var (result, commands) = await SendAsync([keyword], Rig.Envelope("a@mx.test"), Rig.Content);

        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(result));
        Assert.Equal(mail, commands[1]);
    }

    [Fact]
    [Trait("rfc", "1870#6.1")]
    public async Task SendAsync_OverTheAnnouncedSize_RefusedLocally()
    {
        var (result, commands) = await SendAsync(["SIZE 21"], Rig.Envelope("a@mx.test", "b@mx.test"), Rig.Content);

        Assert.Equal("Refused/Local Refused/Local; -; Reusable", Rig.Describe(result));
        Assert.Equal(new EnhancedStatus(5, 3, 4), result.Recipients[0].Local?.Status);
        Assert.Equal(["EHLO client.test"], commands);
    }

    [Theory]
    [InlineData("8BITMIME", BodyType.EightBitMime, "8bit", "MAIL FROM:<from@client.test> BODY=8BITMIME")]
    [InlineData("8BITMIME", BodyType.EightBitMime, "7bit", "MAIL FROM:<from@client.test> BODY=8BITMIME")]
    [InlineData("8BITMIME", BodyType.SevenBit, "7bit", "MAIL FROM:<from@client.test>")]
    [InlineData("HELP", BodyType.EightBitMime, "7bit", "MAIL FROM:<from@client.test>")]
    [InlineData("HELP", BodyType.EightBitMime, "8bit", null)]
    [InlineData("BINARYMIME", BodyType.BinaryMime, "7bit", null)]
    [Trait("rfc", "6152#3")]
    public async Task SendAsync_Body_DeclaredOrRefused(string keyword, BodyType body, string content, string? mail)
    {
        var (result, commands) = await SendAsync([keyword], Rig.Envelope("a@mx.test") with { Body = body }, content == "8bit" ? Eight : Rig.Content);

        Assert.Equal(mail is null ? "Refused/Local; -; Reusable" : "Accepted/EndOfData; -; Reusable", Rig.Describe(result));
        Assert.Equal(mail, commands.ElementAtOrDefault(1));
        if (mail is null)
            Assert.Equal(new EnhancedStatus(5, 6, 3), result.Recipients[0].Local?.Status);
    }

    [Theory]
    [InlineData("SMTPUTF8", "a@mx.test", false, "MAIL FROM:<from@client.test>", "Accepted/EndOfData; -; Reusable")]
    [InlineData("SMTPUTF8", "a@mx.test", true, "MAIL FROM:<from@client.test> SMTPUTF8", "Accepted/EndOfData; -; Reusable")]
    [InlineData("SMTPUTF8", "\u00fc@mx.test a@mx.test", false, "MAIL FROM:<from@client.test> SMTPUTF8", "Accepted/EndOfData Accepted/EndOfData; -; Reusable")]
    [InlineData("HELP", "\u00fc@mx.test a@mx.test", false, "MAIL FROM:<from@client.test>", "Refused/Local Accepted/EndOfData; -; Reusable")]
    [InlineData("HELP", "\u00fc@mx.test", false, null, "Refused/Local; -; Reusable")]
    [InlineData("HELP", "a@mx.test b@mx.test", true, null, "Refused/Local Refused/Local; -; Reusable")]
    [Trait("rfc", "6531#3.5")]
    public async Task SendAsync_InternationalMail_DeclaredOrRefused(string keyword, string recipients, bool whole, string? mail, string outcome)
    {
        foreach (var pipelining in new[] { "PIPELINING", "EXPN" })
        {
            var (result, commands) = await SendAsync([keyword, pipelining], Rig.Envelope(recipients.Split(' ')) with { SmtpUtf8 = whole }, Rig.Content);

            Assert.Equal(outcome, Rig.Describe(result));
            Assert.Equal(mail, commands.ElementAtOrDefault(1));
            Assert.Equal(result.Recipients.Count(one => one.Outcome == DeliveryOutcome.Accepted), commands.Count(command => command.StartsWith("RCPT", StringComparison.Ordinal)));
        }
    }

    [Theory]                                                // RFC 8689 §4.2.1: the demand goes along or the message stays
    [InlineData(false, false, null)]
    [InlineData(true, false, "MAIL FROM:<from@client.test> REQUIRETLS")]
    [InlineData(true, true, null)]
    [Trait("rfc", "8689#4.2.1")]
    public async Task SendAsync_RequireTls_OnlyWithAnExtensionThatVouches(bool installed, bool refuses, string? mail)
    {
        var settings = installed ? Rig.Clear with { Extensions = [new Vouching(refuses ? new SmtpRefusal(550, new EnhancedStatus(5, 7, 30), "no") : null)] } : Rig.Clear;
        var (result, commands) = await SendAsync(["HELP"], Rig.Envelope("a@mx.test") with { TlsDemand = TlsDemand.RequireTls }, Rig.Content, settings);

        Assert.Equal(mail is null ? "Refused/Local; -; Reusable" : "Accepted/EndOfData; -; Reusable", Rig.Describe(result));
        Assert.Equal(mail, commands.ElementAtOrDefault(1));
        if (mail is null)
            Assert.Equal(refuses ? new EnhancedStatus(5, 7, 30) : new EnhancedStatus(5, 7, 10), result.Recipients[0].Local?.Status);
    }

    [Fact]                                                  // a local refusal leaves no trace: no RSET before the next message
    public async Task SendAsync_AfterALocalRefusal_SessionIsAsBefore()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["SIZE 22"] });
        await using var session = await Rig.OpenAsync(peer);

        Assert.Equal("Refused/Local; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Text(new string('x', 23)), Rig.Stop)));
        Assert.Equal("Accepted/EndOfData; -; Reusable", Rig.Describe(await session.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));
        Assert.DoesNotContain("RSET", peer.Connections[0].Commands);
    }

    private static async Task<(TransactionResult Result, IReadOnlyList<string> Commands)> SendAsync(
        string[] keywords, SmtpEnvelope envelope, MessageContent content, SmtpSessionSettings? settings = null)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [.. keywords] });
        await using var session = await Rig.OpenAsync(peer, settings);
        var result = await session.SendAsync(envelope, content, Rig.Stop);
        return (result, peer.Connections[0].Commands);
    }

    private sealed class Vouching(SmtpRefusal? refusal) : SmtpExtension
    {
        public override string Keyword => "REQUIRETLS";

        public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
        {
            if (refusal is { } no)
                return new SmtpClientGate.Refuse(no);
            mailParameters.Add("REQUIRETLS");
            return SmtpClientGate.Proceed.Instance;
        }
    }
}
