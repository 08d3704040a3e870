using System.Text.RegularExpressions;

namespace Interop.Tests.Clients;

/// <summary>Postfix as the client: what it was given is what arrives. It takes BDAT and does not send it, whatever is announced.</summary>
public sealed class PostfixClientTests(PostfixClientWorld world) : IClassFixture<PostfixClientWorld>
{
    public static TheoryData<string> Letters => [.. Letter.Names];

    [Theory, MemberData(nameof(Letters)), Trait("rfc", "5321#4.5.2"), Trait("rfc", "2920#3.1")]
    public async Task Send_AnyLetter_ArrivesToTheByte(string name)
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make(name);

        var arrival = await SendAsync(letter, "full.test", name == "8bit" ? "BODY=8BITMIME" : "");

        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal("DATA", world["full.test"].Tap.Transfer(letter.Mark));
        Assert.True(world["full.test"].Tap.IsPipelined(letter.Mark));
        Assert.Equal(("ann@a.test", "bob@full.test", "ESMTP", "postfix.test"), (arrival.Envelope.ReversePath.ToString(), arrival.Recipients().Split(' ')[0], arrival.Protocol, arrival.HelloName));
        Assert.Equal(name == "8bit" ? "EightBitMime" : "SevenBit", arrival.Mail().Split(' ')[0]);
        // Postfix says beforehand how large the message will be, with an estimate of what line ends add.
        Assert.InRange(arrival.Envelope.Size!.Value, arrival.Content.Length / 2, arrival.Content.Length * 2 + 1000);
    }

    [Theory]
    [InlineData("turns.test", false, true)]     // Postfix is told to overlook PIPELINING, 8BITMIME and SIZE
    [InlineData("bare.test", true, false)]      // the server announces no DSN
    public async Task Send_LessAnnounced_LessUsed(string domain, bool pipelined, bool notified)
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make("dots");

        var arrival = await SendAsync(letter, domain, "RET=HDRS ENVID=QQ314159", " NOTIFY=SUCCESS");

        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((pipelined, pipelined), (world[domain].Tap.IsPipelined(letter.Mark), arrival.Envelope.Size is not null));
        Assert.Equal((notified, notified), (arrival.Envelope.EnvelopeId is not null, arrival.Recipients().Contains("NOTIFY=Success", StringComparison.Ordinal)));
    }

    [Theory, Trait("rfc", "3461#4.1"), Trait("rfc", "3461#4.2"), Trait("rfc", "3461#4.3"), Trait("rfc", "3461#4.4")]
    [InlineData("RET=FULL ENVID=a+2Bb+3Dc", " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bob+2Bx@b.test", "SevenBit RET=Full ENVID=a+b=c", "NOTIFY=Success,Failure,Delay ORCPT=rfc822;bob+x@b.test")]
    [InlineData("RET=HDRS", " NOTIFY=NEVER", "SevenBit RET=HeadersOnly", "NOTIFY=Never ORCPT=rfc822;bob@full.test")]
    public async Task Send_WithDsnParameters_TheyArrive(string mail, string recipient, string mailSeen, string recipientSeen)
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make("plain");

        var arrival = await SendAsync(letter, "full.test", mail, recipient);

        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal(mailSeen, arrival.Mail());
        Assert.Equal($"bob@full.test {recipientSeen}", arrival.Recipients());
    }

    [Fact, Trait("rfc", "6531#3.4")]
    public async Task Send_SmtpUtf8_AddressesArrive()
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make("8bit");

        await RawClient.SubmitAsync(PostfixClientWorld.Submission, "MAIL FROM:<\u00E4nn@a.test> SMTPUTF8 BODY=8BITMIME", ["RCPT TO:<b\u00F6b@full.test>"], letter);
        var arrival = await world["full.test"].TakeAsync(letter.Mark, () => string.Concat(world["full.test"].Tap.Said("\u00C3\u00B6b@full.test")));

        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal(("\u00E4nn@a.test", "b\u00F6b@full.test", "UTF8SMTP"), (arrival.Envelope.ReversePath.ToString(), arrival.Envelope.Recipients.Single().Path.ToString(), arrival.Protocol));
        Assert.Equal("EightBitMime SMTPUTF8", arrival.Mail());
        // Postfix wrote "rfc822", with UTF-8 in xtext.
        Assert.Equal("b\u00F6b@full.test ORCPT=utf-8;b\u00F6b@full.test", arrival.Recipients());
    }

    [Theory, Trait("rfc", "3207#4")]
    [InlineData("tls12.test", "TLS1.2")]
    [InlineData("tls13.test", "TLS1.3")]
    public async Task Send_UnderVerifiedTls_OfThatVersion(string domain, string version)
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make("dots");

        var arrival = await SendAsync(letter, domain);

        arrival.AssertIs(letter.Content, letter.Mark);
        Assert.Equal((version, "ESMTPS"), (arrival.Tls, arrival.Protocol));
        Assert.Matches(new Regex($@"Verified TLS connection established to .*: TLSv{version[3..]} "), world.Log);
    }

    [Fact]
    public async Task Send_ManyRecipients_InOneTransaction()
    {
        PostfixClientWorld.Require();
        var letter = Letter.Make("plain");
        var people = Enumerable.Range(0, 40).Select(index => $"r{index}@full.test").ToList();

        await RawClient.SubmitAsync(PostfixClientWorld.Submission, "MAIL FROM:<>", people.Select(one => $"RCPT TO:<{one}>"), letter);
        var arrival = await world["full.test"].TakeAsync(letter.Mark);

        Assert.True(arrival.Envelope.ReversePath.IsNull);
        Assert.Equal(people.Order(StringComparer.Ordinal), arrival.Envelope.Recipients.Select(one => one.Path.ToString()).Order(StringComparer.Ordinal));
    }

    private async Task<Arrival> SendAsync(Letter letter, string domain, string mail = "", string recipient = "")
    {
        await RawClient.SubmitAsync(PostfixClientWorld.Submission, $"MAIL FROM:<ann@a.test> {mail}".TrimEnd(), [$"RCPT TO:<bob@{domain}>{recipient}"], letter);
        return await world[domain].TakeAsync(letter.Mark, () => world.Log);
    }
}
