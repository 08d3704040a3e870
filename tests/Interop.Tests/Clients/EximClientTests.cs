namespace Interop.Tests.Clients;

/// <summary>Exim as the client.</summary>
public sealed class EximClientTests(EximClientWorld world) : IClassFixture<EximClientWorld>
{
    public static TheoryData<string, string> Letters
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var name in Letter.Names)
            {
                cases.Add(name, "BDAT");
                cases.Add(name, "DATA");
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Letters)), Trait("rfc", "3030#2"), Trait("rfc", "5321#4.5.2")]
    public async Task Send_AnyLetter_ArrivesToTheByte(string name, string way)
    {
        world.Require();
        var letter = Letter.Make(name);

        var log = await world.SendAsync(way, $"MAIL FROM:<ann@a.test>{(name == "8bit" ? " BODY=8BITMIME" : "")}", "RCPT TO:<bob@b.test>", letter);

        Assert.True(log.Contains(" Completed", StringComparison.Ordinal), log);
        var arrival = await world.Server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal(way, world.Server.Tap.Transfer(letter.Mark));
        Assert.Equal(way == "BDAT", log.Contains(" K C=", StringComparison.Ordinal));
        Assert.True(world.Server.Tap.IsPipelined(letter.Mark));
        Assert.Equal(("ann@a.test", "bob@b.test", "ESMTP", "exim.test"), (arrival.Envelope.ReversePath.ToString(), arrival.Recipients().Split(' ')[0], arrival.Protocol, arrival.HelloName));
        Assert.InRange(arrival.Envelope.Size!.Value, arrival.Content.Length / 2, arrival.Content.Length * 2 + 2000);
        Assert.Equal("SevenBit", arrival.Mail());       // Exim sends 8-bit lines and does not declare them
    }

    [Theory, Trait("rfc", "3461#4")]
    [InlineData("RET=FULL ENVID=a+2Bb", "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By@b.test", "SevenBit RET=Full ENVID=a+b", "NOTIFY=Success,Delay ORCPT=rfc822;x+y@b.test")]
    [InlineData("RET=HDRS", "NOTIFY=NEVER", "SevenBit RET=HeadersOnly", "NOTIFY=Never")]
    public async Task Send_WithDsnParameters_TheyArrive(string mail, string recipient, string mailSeen, string recipientSeen)
    {
        world.Require();
        var letter = Letter.Make("plain");

        var log = await world.SendAsync("BDAT", $"MAIL FROM:<ann@a.test> {mail}", $"RCPT TO:<bob@b.test> {recipient}", letter);

        Assert.True(log.Contains(" Completed", StringComparison.Ordinal), log);
        var arrival = await world.Server.TakeAsync(letter.Mark);
        Assert.Equal((mailSeen, $"bob@b.test {recipientSeen}"), (arrival.Mail(), arrival.Recipients()));
    }

    [Fact, Trait("rfc", "6531#3.4")]
    public async Task Send_SmtpUtf8_AddressesArrive()
    {
        world.Require();
        var letter = Letter.Make("8bit");

        var log = await world.SendAsync("BDAT", "MAIL FROM:<\u00E4nn@a.test> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<b\u00F6b@b.test>", letter);

        Assert.True(log.Contains(" Completed", StringComparison.Ordinal), log);
        var arrival = await world.Server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal(("\u00E4nn@a.test", "b\u00F6b@b.test", "UTF8SMTP"), (arrival.Envelope.ReversePath.ToString(), arrival.Envelope.Recipients.Single().Path.ToString(), arrival.Protocol));
    }

    [Fact, Trait("rfc", "3207#4")]
    public async Task Send_UnderVerifiedTls_Arrives()
    {
        world.Require();
        var letter = Letter.Make("dots");

        var log = await world.SendAsync("TLS", "MAIL FROM:<ann@a.test>", "RCPT TO:<bob@b.test>", letter);

        Assert.True(log.Contains(" CV=yes", StringComparison.Ordinal), log);
        var arrival = await world.Server.TakeAsync(letter.Mark);
        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal(("TLS1.3", "ESMTPS"), (arrival.Tls, arrival.Protocol));
    }
}
