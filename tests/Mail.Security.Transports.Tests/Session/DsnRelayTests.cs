using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What the sender wants to be told goes on to a server that announces DSN; to another nothing goes, and the caller hears what it owes.</summary>
public sealed class DsnRelayTests
{
    private static readonly SmtpEnvelope Envelope = new()
    {
        ReversePath = MailPath.Parse("from@client.test"),
        Return = DsnReturn.HeadersOnly,
        EnvelopeId = "id=1",
        Recipients =
        [
            new SmtpRecipient(MailPath.Parse("a@mx.test")) { Notify = DsnNotify.Success | DsnNotify.Failure, OriginalRecipient = new OriginalRecipient("rfc822", "A+a@old.test") },
            new SmtpRecipient(MailPath.Parse("b@mx.test")) { Notify = DsnNotify.Never },
            new SmtpRecipient(MailPath.Parse("c@mx.test")),
            new SmtpRecipient(MailPath.Parse("none@mx.test")) { Notify = DsnNotify.Success },
        ],
    };

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("HELP")]
    [Trait("rfc", "3461#5.2.1")]
    public async Task SendAsync_DsnAnnounced_EveryParameterGoesOn(string keyword)
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = [keyword, "DSN"] }.On(SmtpPeerMoment.Recipient, "*none@*", "550 unknown"));
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Envelope, Rig.Content, Rig.Stop);

        Assert.Equal(
            ["MAIL FROM:<from@client.test> RET=HDRS ENVID=id+3D1", "RCPT TO:<a@mx.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;A+2Ba@old.test", "RCPT TO:<b@mx.test> NOTIFY=NEVER", "RCPT TO:<c@mx.test>", "RCPT TO:<none@mx.test> NOTIFY=SUCCESS"],
            peer.Connections[0].Commands.Skip(1).Take(5));
        Assert.DoesNotContain(result.Recipients, one => one.OwesRelayedDsn);
    }

    [Fact]
    [Trait("rfc", "3461#5.2.2")]
    public async Task SendAsync_DsnNotAnnounced_NoParameterAndTheCallerOwesARelayedNotification()
    {
        await using var peer = ScriptedSmtpPeer.StartMailExchanger(new MailExchangerOptions { Keywords = ["PIPELINING"] }.On(SmtpPeerMoment.Recipient, "*none@*", "550 unknown"));
        await using var session = await Rig.OpenAsync(peer);

        var result = await session.SendAsync(Envelope, Rig.Content, Rig.Stop);

        Assert.Equal(["MAIL FROM:<from@client.test>", "RCPT TO:<a@mx.test>", "RCPT TO:<b@mx.test>", "RCPT TO:<c@mx.test>", "RCPT TO:<none@mx.test>"], peer.Connections[0].Commands.Skip(1).Take(5));
        Assert.Equal([true, false, false, false], result.Recipients.Select(one => one.OwesRelayedDsn));
    }

    [Fact]
    public void MailItem_WhatNoParameterCanCarry_IsMisuse()
    {
        Assert.Throws<ArgumentException>(() => new MailItem(Rig.Envelope("a@mx.test") with { EnvelopeId = "\u00fc" }, Rig.Content));
        Assert.Throws<ArgumentException>(() => new MailItem(Rig.Envelope() with { Recipients = [new SmtpRecipient(MailPath.Parse("a@mx.test")) { OriginalRecipient = new OriginalRecipient("rfc822", "\u00fc") }] }, Rig.Content));
    }
}
